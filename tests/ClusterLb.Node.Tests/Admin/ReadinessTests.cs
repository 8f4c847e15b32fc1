using System.Net;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Seeds;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Admin;

#pragma warning disable CA1001 // xUnit calls DisposeAsync.
public sealed class ReadinessTests : IAsyncLifetime, IOutcomeSink
#pragma warning restore CA1001
{
    private readonly TaskCompletionSource _block = new();
    private readonly FakeTimeProvider _time = new();
    private readonly NodeState _node;
    private readonly DataPlaneHost _dataPlane;
    private readonly ControlPlaneHost _controlPlane;
    private readonly Readiness _readiness;
    private volatile bool _isBlocked;

    public ReadinessTests()
    {
        // Nobody listens at its only backend, so that every request makes the loop report a failure.
        var config = Configs.Of(Configs.Listener, Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)));
        var tables = new RoutingTableHolder();
        var memory = new NodeMemory(config, tables, NullLogger.Instance, new Clock(_time));
        var owner = new TableOwner(tables, new RoutingTableBuilder(new LoggedPoolEvents(NullLogger.Instance, memory.Members.Events)),
            memory.Clock);
        owner.Apply(config);
        var sessions = new SessionDirectory(memory.SessionDependencies(null));
        _dataPlane = new DataPlaneHost(config, tables, this,
            new SessionServices(memory.Sessions.Bindings, sessions, memory.Sessions.CookieKeys, config.Sticky.NewPerClient), null,
            TimeProvider.System, _ => { });
        _node = new NodeState(() => true, () => true, TimeProvider.System);
        _node.Serve();
        var local = new LocalNode(owner, _node, _dataPlane, () => 0, TimeProvider.System);
        var ports = new ControlPlanePorts(_dataPlane.Probes, _dataPlane, local,
            new SeedResolver([], NullLogger.Instance), sessions, owner, new NodeTable(config, owner, memory).Discovery);
        _controlPlane = new ControlPlaneHost(memory, ports, new RunningSystem(), NullLoggerFactory.Instance, TimeProvider.System);
        _readiness = new Readiness(_node, _dataPlane, memory.Health, TimeProvider.System);
    }

    public async Task InitializeAsync()
    {
        _dataPlane.Start();
        await _dataPlane.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        _block.TrySetResult();
        await _controlPlane.DisposeAsync();
        await _dataPlane.DisposeAsync();
    }

    void IOutcomeSink.Report(Backend backend, in Outcome outcome)
    {
        _isBlocked = true;
        _block.Task.GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_node_whose_loops_answer_is_ready() => Assert.Equal("", await _readiness.WhyNotAsync());

    [Fact]
    public async Task A_loop_that_is_blocked_is_named()
    {
        using var client = await RawClient.ConnectAsync(_dataPlane.EndPoints["web"]);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.Is(() => _isBlocked);

        // An answer from before may hold for a moment yet.
        await Eventually.Is(async () => await _readiness.WhyNotAsync() == "loop-0 has not answered for 1 s");
        _block.TrySetResult();
        await Eventually.Is(async () => await _readiness.WhyNotAsync() == "");
    }

    [Fact]
    public async Task A_control_plane_that_looks_after_no_backends_is_named()
    {
        _time.Advance(TimeSpan.FromSeconds(21));

        Assert.Equal("the control plane has not looked after backends for 21 s", await _readiness.WhyNotAsync());
    }

    [Fact]
    public async Task A_node_that_leaves_says_so_first()
    {
        _node.Leave();

        Assert.Equal("draining", await _readiness.WhyNotAsync());
    }
}
