using System.Diagnostics;
using System.Globalization;
using System.Net;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Probing;

/// <summary>Redis probes against redis-server of this machine: with a password, as a master, as its replica.</summary>
public sealed class RealRedisTests : IAsyncLifetime
{
    private readonly TestDataPlane _dataPlane = TestDataPlane.Start(Configs.Listener, Configs.Pool);
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-probes-").FullName;
    private readonly List<Process> _servers = [];

    [Fact]
    public async Task A_master_its_replica_and_a_password_are_told_apart()
    {
        var master = Start("--requirepass", "s3cret");
        var replica = Start("--requirepass", "s3cret", "--masterauth", "s3cret", "--replicaof", "127.0.0.1", Text(master));
        var login = TestProbes.Redis with { Password = "s3cret" };

        await PassesAsync(master, login);
        Assert.Equal(new CheckResult(true, "role master"), await ProbeAsync(master, login with { Role = RedisRole.Master }));
        await PassesAsync(replica, login);
        Assert.Equal(new CheckResult(false, "role replica, expected master"),
            await ProbeAsync(replica, login with { Role = RedisRole.Master }));
        Assert.Equal(new CheckResult(true, "role replica"), await ProbeAsync(replica, login with { Role = RedisRole.Replica }));
        Assert.Equal(new CheckResult(false, "PING: NOAUTH Authentication required."), await ProbeAsync(master, TestProbes.Redis));
        var refused = await ProbeAsync(master, login with { Password = "wrong" });
        Assert.StartsWith("AUTH: WRONGPASS", refused.Reason, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _dataPlane.DisposeAsync();
        foreach (var server in _servers)
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private int Start(params string[] settings)
    {
        var port = FreePorts.Next();
        string[] arguments = ["--port", Text(port), "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "no",
            "--dbfilename", $"{port}.rdb", "--logfile", Path.Combine(_folder, $"{port}.log"), .. settings];
        _servers.Add(Process.Start(new ProcessStartInfo("redis-server", arguments))!);
        return port;
    }

    /// <summary>A server takes a while to start, and a replica to load.</summary>
    private Task PassesAsync(int port, RedisProbeOptions options) =>
        Eventually.Is(async () => (await ProbeAsync(port, options)) == new CheckResult(true, "PONG"));

    private async Task<CheckResult> ProbeAsync(int port, RedisProbeOptions options)
    {
        var check = new ConfiguredCheck(ProbeRegistry.Default, new ProbePorts(_dataPlane.Probes, TimeProvider.System));
        var config = Configs.Pool.Health with { Probe = options, Timeout = TimeSpan.FromSeconds(5) };
        var backend = new Backend("app", "b1", new IPEndPoint(IPAddress.Loopback, port), 0, 1, 0);
        return (await check.ProbeAsync(backend, config, CancellationToken.None))!.Value;
    }
}
