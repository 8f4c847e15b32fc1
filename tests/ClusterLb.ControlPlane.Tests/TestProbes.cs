using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests;

/// <summary>Options of every kind of probe, with every default.</summary>
internal static class TestProbes
{
    public static HttpProbeOptions Http { get; } = new() { Path = "/health/ready", Host = "", ExpectedStatus = [200] };

    public static GrpcProbeOptions Grpc { get; } = new() { GrpcService = "" };

    /// <summary>By what <c>health.type</c> may be.</summary>
    public static ProbeOptions? Of(string type) => type switch { "http" => Http, "tcp" => Configs.TcpProbe, "grpc" => Grpc, _ => null };
}
