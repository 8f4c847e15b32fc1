using System.Collections.Immutable;
using Akka.Actor;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Tables;

public sealed class RoutingTablePublisherActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health with { Probe = Configs.TcpProbe }));

    [Fact]
    public async Task Verdicts_admin_states_weights_and_paths_reach_the_live_pool()
    {
        var publisher = Sys.ActorOf(Props.Create(() => new RoutingTablePublisherActor(_test.Memory.Tables, _test.Memory.Clock)));
        var (b1, b2) = (_test.Pool.Members[0], _test.Pool.Members[1]);

        publisher.Tell(Snapshot(1, ActiveHealth.Up));
        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Up, b1.Effective));
        publisher.Tell(new PathChanged("app/b1", IsReachable: false, "lb1 alone cannot reach it"));
        publisher.Tell(Change("app/b2", AdminState.Maintenance) with { Weight = 7 });
        await AwaitAssertAsync(() => Assert.Equal((EffectiveState.Unreachable, EffectiveState.Maintenance), (b1.Effective, b2.Effective)));
        publisher.Tell(new PathChanged("app/b1", IsReachable: true, "it does again"));
        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Up, b1.Effective));
        publisher.Tell(Snapshot(2, ActiveHealth.Down));
        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Down, b1.Effective));
    }

    [Fact]
    public async Task A_backend_that_is_added_goes_by_what_the_cluster_knows_of_it_unless_that_is_about_another_address()
    {
        var pool = TestMemory.PoolOf(3, Configs.Pool.Health with { Probe = Configs.TcpProbe });
        var publisher = Sys.ActorOf(Props.Create(() => new RoutingTablePublisherActor(_test.Memory.Tables, _test.Memory.Clock)));
        var word = Snapshot(1, ActiveHealth.Up);
        publisher.Tell(word with
        {
            Verdicts = word.Verdicts
                .Add("app/b2", word.Verdicts["app/b1"] with { Address = "10.0.0.1:1" })
                .Add("app/b3", word.Verdicts["app/b1"] with { Address = pool.Backends[2].EndPoint.ToString() }),
        });
        await AwaitAssertAsync(() => Assert.Equal((EffectiveState.Up, EffectiveState.Unknown),
            (_test.Pool.Members[0].Effective, _test.Pool.Members[1].Effective)));

        Sys.EventStream.Publish(_test.Apply(pool));

        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Up, _test.Pool.Members[2].Effective));
        Assert.Equal(EffectiveState.Unknown, _test.Pool.Members[1].Effective);
    }

    [Fact]
    public async Task A_word_about_a_backend_that_is_gone_hurts_nobody()
    {
        var publisher = Sys.ActorOf(Props.Create(() => new RoutingTablePublisherActor(_test.Memory.Tables, _test.Memory.Clock)));

        publisher.Tell(Change("gone/b1", AdminState.Draining));
        publisher.Tell(Change("app/b1", AdminState.Draining));

        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Draining, _test.Pool.Members[0].Effective));
    }

    [Fact]
    public async Task A_weight_that_this_node_hears_of_late_counts_from_when_it_was_commanded()
    {
        var test = new TestMemory(TestMemory.PoolOf(2,
            Configs.Pool.Health) with
        { Sticky = Configs.Sticky with { By = StickyBy.Header, Name = "X-User" } });
        var publisher = Sys.ActorOf(Props.Create(() => new RoutingTablePublisherActor(test.Memory.Tables, test.Memory.Clock)));
        var now = test.Memory.Clock.NowMilliseconds;

        publisher.Tell(Change("app/b1", AdminState.Ready) with { Weight = 0, SaidAt = now - Homes.SettlingMilliseconds });

        await AwaitAssertAsync(() => Assert.False(test.Pool.Homes.WillTake(test.Pool.Members[0])));
        Assert.Equal(long.MaxValue, test.Pool.Homes.ChangesAt);
        publisher.Tell(Change("app/b1", AdminState.Ready) with { Weight = 5, SaidAt = now - 300 });
        await AwaitAssertAsync(() => Assert.Equal(now - 300 + Homes.SettlingMilliseconds, test.Pool.Homes.ChangesAt));
    }

    private static AdminStateChanged Change(string backend, AdminState state) => new(backend, state, null, 0, 0, "test");

    private static HealthSnapshot Snapshot(long sequence, ActiveHealth health) =>
        new(1, sequence, ImmutableDictionary<string, BackendVerdict>.Empty.Add("app/b1",
            new BackendVerdict(new CheckState(health, 0, 0), null, "test")));
}
