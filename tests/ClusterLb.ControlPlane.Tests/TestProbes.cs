using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests;

/// <summary>Options of every kind of probe, with every default.</summary>
internal static class TestProbes
{
    public static HttpProbeOptions Http { get; } = new()
    {
        Method = "GET",
        Path = "/health/ready",
        HttpVersion = "1.1",
        Host = "",
        Headers = [],
        ExpectedStatus = [200],
        ExpectBody = "",
    };

    public static GrpcProbeOptions Grpc { get; } = new() { GrpcService = "" };

    public static PostgresqlProbeOptions Postgresql { get; } = new() { User = "", Database = "" };

    public static MysqlProbeOptions Mysql { get; } = new() { User = "" };

    public static RedisProbeOptions Redis { get; } = new() { User = "", Password = "", Role = RedisRole.Any };

    /// <summary>By what <c>health.type</c> may be.</summary>
    public static ProbeOptions? Of(string type) => type switch
    {
        "http" => Http,
        "tcp" => Configs.TcpProbe,
        "grpc" => Grpc,
        "postgresql" => Postgresql,
        "mysql" => Mysql,
        "redis" => Redis,
        _ => null,
    };
}
