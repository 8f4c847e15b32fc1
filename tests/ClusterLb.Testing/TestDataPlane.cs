using System.Collections.Concurrent;
using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.Testing;

/// <summary>A data plane in this process, on ports of the system's choice. Ending it fails when request code threw.</summary>
public sealed class TestDataPlane : IAsyncDisposable, IOutcomeSink, IPoolEvents
{
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly RoutingTableBuilder _builder;

    private TestDataPlane(ClusterLbConfig config, AccessLogSink? accessLog = null)
    {
        _builder = new RoutingTableBuilder(this);
        Publish(config);
        Directory = new FakeSessionDirectory(Bindings);
        Keys.Publish(new CookieKeys([CookieKey]));
        Host = new DataPlaneHost(config, Tables, this, new SessionServices(Bindings, Directory, Keys, config.Sticky.NewPerClient),
            accessLog, TimeProvider.System, _faults.Enqueue);
        Host.Start();
        Host.OpenAsync().Wait();
    }

    public DataPlaneHost Host { get; }

    /// <summary>The node's, but what awaits it leaves the loop: a test may block.</summary>
    public IProbeTransport Probes => new OffLoop(Host.Probes);

    public RoutingTableHolder Tables { get; } = new();

    public BindingTable Bindings { get; } = new(10_000);

    public FakeSessionDirectory Directory { get; }

    public CookieKey CookieKey { get; } = CookieKey.Generate();

    public CookieKeysHolder Keys { get; } = new();

    public ConcurrentQueue<(string Backend, Outcome Outcome)> Failures { get; } = new();

    public ConcurrentQueue<(string Backend, EffectiveState To)> Transitions { get; } = new();

    public IPEndPoint EndPoint => Host.EndPoints.Values.First();

    /// <summary>The first one.</summary>
    public Pool Pool => Tables.Current.Pools[0];

    private static long NowMilliseconds => (long)(TimeProvider.System.GetTimestamp() * (1000.0 / TimeProvider.System.TimestampFrequency));

    public static TestDataPlane Start(ClusterLbConfig config) => new(config);

    /// <param name="accessLog">Still the caller's: whole once this and then the sink have been disposed.</param>
    /// <param name="format">Of its lines.</param>
    /// <param name="listener">The only one.</param>
    /// <param name="pools">Of its routes.</param>
    public static TestDataPlane StartLogged(AccessLogSink accessLog, AccessLogFormat format, ListenerConfig listener,
        params PoolConfig[] pools) => StartLogged(accessLog, new AccessLogConfig { Format = format, Fields = [], Path = "-" }, listener,
            pools);

    /// <param name="accessLog">Still the caller's: whole once this and then the sink have been disposed.</param>
    /// <param name="log">Format and fields of its lines.</param>
    /// <param name="listener">The only one.</param>
    /// <param name="pools">Of its routes.</param>
    public static TestDataPlane StartLogged(AccessLogSink accessLog, AccessLogConfig log, ListenerConfig listener,
        params PoolConfig[] pools)
    {
        var config = Configs.Of(listener, pools);
        return new TestDataPlane(config with { Node = config.Node with { AccessLog = log } }, accessLog);
    }

    public static TestDataPlane Start(ListenerConfig listener, params PoolConfig[] pools) => new(Configs.Of(listener, pools));

    public static TestDataPlane Start(TransportKind transport, ListenerConfig listener, params PoolConfig[] pools)
    {
        var config = Configs.Of(listener, pools);
        return new TestDataPlane(config with { Node = config.Node with { Transport = transport } });
    }

    /// <summary>As a node does when its configuration changes.</summary>
    /// <exception cref="DataPlane.Listeners.ListenerBindException">Nothing has changed.</exception>
    public async Task FollowAsync(ClusterLbConfig config)
    {
        var listeners = await Host.PrepareAsync(config);
        Publish(config);
        await listeners.CommitAsync();
    }

    public void Publish(ClusterLbConfig config) => Tables.Publish(_builder.Build(config, NowMilliseconds));

    public void SetAdmin(Backend backend, AdminState state) => Pool.SetAdmin(backend, state, "test", NowMilliseconds);

    public void SetActive(Backend backend, ActiveHealth health) => Pool.SetActive(backend, health, "test", NowMilliseconds);

    public void Report(Backend backend, in Outcome outcome) => Failures.Enqueue((backend.Id, outcome));

    public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason) =>
        Transitions.Enqueue((backend.Id, to));

    public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (_faults.TryDequeue(out var fault)) throw new InvalidOperationException("request code threw", fault);
    }

    private sealed class OffLoop(IProbeTransport inner) : IProbeTransport
    {
        public async Task<ProbeReply> AskAsync(IPEndPoint endPoint, IProbeTalk? talk, TimeSpan timeout)
        {
            var reply = await inner.AskAsync(endPoint, talk, timeout).ConfigureAwait(false);
            await Task.Yield();
            return reply;
        }
    }
}
