using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Tests.Pools;
using static ClusterLb.Core.Tests.Routing.RouteConfigs;

namespace ClusterLb.Core.Tests.Routing;

public class RoutingTableBuilderTests
{
    private static readonly PoolConfig App = PoolConfigs.Of("a", "b");
    private static readonly PoolConfig Api = PoolConfigs.Of("x") with { Name = "api" };
    private readonly Said _said = new();
    private readonly RoutingTableBuilder _builder;

    public RoutingTableBuilderTests() => _builder = new RoutingTableBuilder(_said);

    private RoutingTable Build(params PoolConfig[] pools) => _builder.Build(Whole(pools.ToEquatableList()), nowMilliseconds: 1_000);

    private RoutingTable Running(out Pool app)
    {
        var table = Build(App, Api);
        app = table.Find("app")!;
        foreach (var backend in app.Members) app.SetActive(backend, ActiveHealth.Up, "checks", 1_000);
        return table;
    }

    [Fact]
    public void Listeners_reach_their_pools()
    {
        var config = Whole([App, Api], Listener("app", Route("api", prefix: "/api")));
        var table = _builder.Build(config, nowMilliseconds: 0);
        var web = table.Listeners["web"];
        Assert.Same(table.Find("app"), web.Default);
        Assert.Same(table.Find("api"), web.Match(new FakeRequest("h", "/api/x"), out _));
        Assert.Equal((1, null), (table.Version, table.Find("nobody")));
    }

    [Fact]
    public void An_unchanged_pool_stays_the_same_object()
    {
        var first = Running(out var app);
        var second = Build(App with { Backends = [.. App.Backends] }, Api with { DrainTimeout = TimeSpan.FromSeconds(1) });
        Assert.Same(app, second.Find("app"));
        Assert.NotSame(first.Find("api"), second.Find("api"));
    }

    [Fact]
    public void A_slot_is_used_again_but_not_by_another_pool_of_the_same_table_or_the_next_one()
    {
        var before = Running(out _);
        for (var i = 0; i < 1_000; i++)
        {
            var table = i % 2 == 0
                ? Build(App with { DrainTimeout = TimeSpan.FromSeconds(i) })
                : Build(App, Api with { DrainTimeout = TimeSpan.FromSeconds(i) });
            var slots = table.Pools.Select(pool => pool.Slot).ToList();
            Assert.Equal(slots.Count, slots.Distinct().Count());
            Assert.Empty(table.Pools.Except(before.Pools).Select(pool => pool.Slot).Intersect(before.Pools.Select(pool => pool.Slot)));
            Assert.All(slots, slot => Assert.InRange(slot, 0, 3));
            before = table;
        }
    }

    [Fact]
    public void Backends_that_stay_keep_identity_and_state_and_those_added_wait_for_their_checks()
    {
        Running(out var app);
        app.SetActive(app.Find("a")!, ActiveHealth.Down, "status 500", 900);
        app.SetAdmin(app.Find("b")!, AdminState.Draining, "operator", 950);
        var next = Build(App with { Backends = [.. App.Backends, PoolConfigs.Backend("c", 9009)] }, Api).Find("app")!;
        Assert.Same(app.Find("a"), next.Find("a"));
        Assert.Equal((EffectiveState.Down, "status 500", 900),
            (next.Find("a")!.Effective, next.ReasonOf(next.Find("a")!), next.Read(next.Find("a")!).SinceMilliseconds));
        Assert.Equal(AdminState.Draining, next.AdminOf(next.Find("b")!));
        Assert.Equal(EffectiveState.Unknown, next.Find("c")!.Effective);
        Assert.False(next.Eligible.Contains(next.Find("c")!) && !next.FailOpen);
    }

    [Fact]
    public void A_backend_added_to_a_running_pool_comes_in_by_slow_start()
    {
        Running(out _);
        var config = App with { Backends = [.. App.Backends, PoolConfigs.Backend("c", 9009)], SlowStart = TimeSpan.FromSeconds(10) };
        var next = Build(config, Api).Find("app")!;
        Assert.Equal(["a", "b"], next.Eligible.Candidates.Select(backend => backend.Name));
        next.SetActive(next.Find("c")!, ActiveHealth.Up, "checks", 1_000);
        Assert.Equal([100, 100, 10], next.Eligible.Weights);
    }

    [Fact]
    public void A_backend_whose_weight_or_place_changed_keeps_its_load_and_state()
    {
        Running(out var app);
        Assert.True(app.TryLease(app.Find("b")!, out var lease));
        var next = Build(App with { Backends = [PoolConfigs.Backend("b", 9002, weight: 5), PoolConfigs.Backend("a", 9001)] }, Api)
            .Find("app")!;
        Assert.Equal(["b", "a"], next.Eligible.Candidates.Select(backend => backend.Name));
        Assert.Equal([500, 100], next.Eligible.Weights);
        Assert.Equal(1, next.Find("b")!.Load.InFlight);
        lease.Return();
        Assert.Equal(0, next.Find("b")!.Load.InFlight);
    }

    [Fact]
    public void An_operators_weight_outlives_a_change_of_the_configured_one()
    {
        Running(out var app);
        app.SetWeight(app.Find("a")!, 7, "operator", 1_000);
        var next = Build(App with { Backends = [PoolConfigs.Backend("a", 9001, weight: 5), PoolConfigs.Backend("b", 9002)] }, Api)
            .Find("app")!;
        Assert.Equal([700, 100], next.Eligible.Weights);
        Assert.Equal("operator", next.Read(next.Find("a")!).WeightReason);
        next.SetWeight(next.Find("a")!, null, "operator", 1_000);
        Assert.Equal([500, 100], next.Eligible.Weights);
    }

    [Fact]
    public void A_climb_goes_on_in_the_pool_that_replaces_its_own()
    {
        var slow = App with { SlowStart = TimeSpan.FromSeconds(10) };
        var app = Build(slow, Api).Find("app")!;
        foreach (var backend in app.Members) app.SetActive(backend, ActiveHealth.Up, "checks", 1_000);
        app.SetActive(app.Find("a")!, ActiveHealth.Up, "checks", 1_000, sinceMilliseconds: -4_000);
        Assert.Equal([50, 100], Build(slow with { DrainTimeout = TimeSpan.FromSeconds(1) }, Api).Find("app")!.Eligible.Weights);
    }

    [Fact]
    public void A_server_is_the_same_whatever_else_of_its_configuration_changed()
    {
        Running(out var app);
        var next = Build(App with { Backends = [PoolConfigs.Backend("b", 9002, weight: 5), PoolConfigs.Backend("a", 9999)] }, Api)
            .Find("app")!;
        Assert.True(next.Find("b")!.IsSameServerAs(app.Find("b")!));
        Assert.False(next.Find("a")!.IsSameServerAs(app.Find("a")!));
        Assert.False(next.Find("b")!.IsSameServerAs(app.Find("a")!));
    }

    [Fact]
    public void A_backend_whose_address_changed_is_another_one()
    {
        Running(out var app);
        var next = Build(App with { Backends = [App.Backends[0], PoolConfigs.Backend("b", 9999)] }, Api).Find("app")!;
        Assert.NotSame(app.Find("b"), next.Find("b"));
        Assert.Equal(ActiveHealth.Unknown, next.Read(next.Find("b")!).Active);
    }

    [Fact]
    public void A_pool_with_all_backends_exchanged_is_new()
    {
        Running(out _);
        var next = Build(App with { Backends = [PoolConfigs.Backend("c", 9010), PoolConfigs.Backend("d", 9011)] }, Api).Find("app")!;
        Assert.Equal(["c", "d"], next.Eligible.Candidates.Select(backend => backend.Name));
        Assert.False(next.FailOpen);
    }

    [Fact]
    public void A_request_that_ends_in_the_replaced_pool_still_teaches_the_new_one()
    {
        Running(out var app);
        var next = Build(App with { DrainTimeout = TimeSpan.FromSeconds(1) }, Api).Find("app")!;
        app.Observe(app.Find("a")!, PoolBench.Refused, 1, 1_000);
        Assert.Equal(["b"], next.Eligible.Candidates.Select(backend => backend.Name));
        Assert.Contains("a Up>Ejected", _said.Lines);
    }

    [Fact]
    public void A_trial_that_began_in_the_replaced_pool_ends_in_the_new_one()
    {
        Running(out var app);
        app.Observe(app.Find("a")!, PoolBench.Refused, 1, 1_000);
        app.Tick(11_000);
        Assert.True(app.TryLease(app.Find("a")!, out _));
        var next = Build(App with { DrainTimeout = TimeSpan.FromSeconds(1) }, Api).Find("app")!;
        Assert.False(next.TryLease(next.Find("a")!, out _));
        app.Observe(app.Find("a")!, Outcome.Success, 1, 11_500);
        Assert.Equal(EffectiveState.Up, next.Find("a")!.Effective);
    }

    [Fact]
    public void A_pool_that_fails_open_goes_on_to_in_the_new_table_without_saying_so_again()
    {
        Running(out var app);
        foreach (var backend in app.Members) app.SetActive(backend, ActiveHealth.Down, "status 500", 1_000);
        app.SetActive(app.Find("a")!, ActiveHealth.Up, "checks", 1_000);
        _said.Lines.Clear();
        var next = Build(App with { DrainTimeout = TimeSpan.FromSeconds(1) }, Api).Find("app")!;
        Assert.True(next.IsPanic);
        Assert.False(next.FailOpen);
        next.Tick(11_000);
        Assert.Equal("app False", Assert.Single(_said.Lines));
    }

    [Fact]
    public void What_is_said_to_a_replaced_pool_reaches_the_one_in_its_place()
    {
        Running(out var app);
        var next = Build(App with { DrainTimeout = TimeSpan.FromSeconds(1) }, Api).Find("app")!;
        var (late, a) = (app.Find("a")!, next.Find("a")!);

        app.SetActive(late, ActiveHealth.Down, "late", 2_000);
        Assert.Equal((EffectiveState.Down, "late"), (a.Effective, next.ReasonOf(a)));
        app.SetActive(late, ActiveHealth.Up, "late", 2_000);
        app.SetLocalPath(late, reachable: false, "late", 2_000);
        Assert.Equal(EffectiveState.Unreachable, a.Effective);
        app.SetLocalPath(late, reachable: true, "late", 2_000);
        app.SetWeight(late, 9, "late", 2_000);
        Assert.Equal((EffectiveState.Up, 9), (a.Effective, next.Read(a).OperatorWeight));
        app.SetAdmin(late, AdminState.Maintenance, "late", 2_000);
        Assert.Equal(EffectiveState.Maintenance, a.Effective);
    }

    [Fact]
    public void What_is_said_to_a_pool_replaced_twice_reaches_the_last()
    {
        Running(out var app);
        Build(App with { DrainTimeout = TimeSpan.FromSeconds(1) }, Api);
        var last = Build(App with { DrainTimeout = TimeSpan.FromSeconds(2) }, Api).Find("app")!;

        app.SetAdmin(app.Find("a")!, AdminState.Maintenance, "late", 2_000);

        Assert.Equal(EffectiveState.Maintenance, last.Find("a")!.Effective);
    }

    [Fact]
    public void What_is_said_of_a_backend_is_not_said_of_another_server_of_its_name()
    {
        Running(out var app);
        var moved = App.Backends[0] with { EndPoint = new IPEndPoint(IPAddress.Loopback, 4_999) };
        var next = Build(App with { Backends = [moved, .. App.Backends.Skip(1)] }, Api).Find("app")!;

        app.SetAdmin(app.Find("a")!, AdminState.Maintenance, "late", 2_000);

        Assert.Equal(AdminState.Ready, next.AdminOf(next.Find("a")!));
    }

    [Fact]
    public void Nothing_said_while_tables_are_built_is_lost()
    {
        Running(out var app);
        var teller = new Thread(() => app.SetWeight(app.Find("a")!, 7, "operator", 2_000));
        var policy = new InterruptedPolicy(() =>
        {
            app.SetActive(app.Find("b")!, ActiveHealth.Down, "checks", 2_000);
            teller.Start();
            // Whoever weighs waits for the tables; who need not wait has ended.
            Assert.True(SpinWait.SpinUntil(
                () => teller.ThreadState is ThreadState.WaitSleepJoin or ThreadState.Stopped, TimeSpan.FromSeconds(60)));
        });

        var next = new Pool(App, 9, policy, _said, 3_000, app);
        teller.Join();

        Assert.Equal(EffectiveState.Down, next.Find("b")!.Effective);
        Assert.Equal((7, 7), (next.Read(next.Find("a")!).OperatorWeight, policy.Weights[0]));
    }

    /// <summary>Somebody speaks while it builds tables; remembers what it was told.</summary>
    private sealed class InterruptedPolicy(Action interrupt) : ILoadBalancingPolicy, IPickerSource
    {
        public string Name => "interrupted";

        public int[] Weights { get; private set; } = [];

        public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members)
        {
            interrupt();
            return this;
        }

        public void Weigh(ReadOnlySpan<int> weights) => Weights = weights.ToArray();

        public IPicker CreatePicker(LoopRandom random) => throw new NotSupportedException();

        public string Explain(Backend picked, Eligibility eligible, ulong? key) => "";
    }

    private sealed class Said : IPoolEvents
    {
        public List<string> Lines { get; } = [];

        public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason) =>
            Lines.Add($"{backend.Name} {from}>{to}");

        public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured) => Lines.Add($"{pool} {failOpen}");
    }
}
