using System.Net;
using System.Text;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>A client that always has another request there takes no more than its turn.</summary>
public sealed class PipeliningTests
{
    // All of them fit one receive.
    private const int Pipelined = 300;

    [Fact]
    public async Task Requests_that_no_backend_sees_do_not_keep_others_waiting()
    {
        using var output = new MemoryStream();
        await using (var log = new AccessLogSink(output))
        {
            using var gate = new Gate();
            await using var proxy = Start(log, gate);
            await proxy.OpenAsync();
            var endPoint = proxy.EndPoints.Values.Single();
            using var greedy = await RawClient.ConnectAsync(endPoint);
            using var other = await RawClient.ConnectAsync(endPoint);
            using var blocking = await RawClient.ConnectAsync(endPoint);
            await blocking.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await gate.Reached;

            // The loop finds both when it goes on, the many first.
            await greedy.SendAsync(string.Concat(Enumerable.Repeat(Own("/many"), Pipelined)));
            await other.SendAsync(Own("/one"));
            gate.Open();

            Assert.Equal(200, (await other.ReadAsync()).Status);
            for (var i = 0; i < Pipelined; i++) Assert.Equal(200, (await greedy.ReadAsync()).Status);
        }

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n').Where(line => line.Contains("OPTIONS", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(Pipelined + 1, lines.Count);
        Assert.InRange(lines.FindIndex(line => line.Contains("/one", StringComparison.Ordinal)), 0, 2);
    }

    /// <summary>A request that is answered without a backend.</summary>
    private static string Own(string path) => $"OPTIONS {path} HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n";

    private static DataPlaneHost Start(AccessLogSink log, Gate gate)
    {
        var config = Configs.Of(Configs.Listener, Configs.PoolOf(Nobody()));
        var logged = config with
        {
            Node =
            config.Node with { AccessLog = new AccessLogConfig { Format = AccessLogFormat.Text, Fields = [], Path = "-" } }
        };
        var tables = new RoutingTableHolder();
        tables.Publish(new RoutingTableBuilder(gate).Build(logged, EventLoop.MonotonicMilliseconds()));
        var proxy = new DataPlaneHost(logged, tables, gate, FakeSessionDirectory.Unused(), log, TimeProvider.System, _ => { });
        proxy.Start();
        return proxy;
    }

    /// <summary>An address where nobody listens.</summary>
    private static IPEndPoint Nobody() => new(IPAddress.Loopback, FreePorts.Next());

    /// <summary>Holds the loop on which a failure is reported.</summary>
    private sealed class Gate : IOutcomeSink, IPoolEvents, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _open = new();

        public Task Reached => _reached.Task;

        public void Open() => _open.Set();

        public void Dispose() => _open.Dispose();

        public void Report(Backend backend, in Outcome outcome)
        {
            _reached.TrySetResult();
            _open.Wait(TimeSpan.FromSeconds(10));
        }

        public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
        {
        }

        public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
        {
        }
    }
}
