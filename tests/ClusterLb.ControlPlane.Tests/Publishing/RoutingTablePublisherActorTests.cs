using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Publishing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Publishing;

public sealed class RoutingTablePublisherActorTests : TestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health with { Type = ProbeType.Tcp }));

    [Fact]
    public async Task Verdicts_reach_the_live_pool_and_an_older_word_does_not()
    {
        var publisher = Sys.ActorOf(Props.Create(() => new RoutingTablePublisherActor(_test.Memory)));
        var b1 = _test.Pool.Members[0];

        publisher.Tell(Snapshot(1, 2, ActiveHealth.Up));
        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Up, b1.Effective));
        publisher.Tell(Snapshot(1, 1, ActiveHealth.Down));
        publisher.Tell(new AdminStateChanged("app/b2", AdminState.Maintenance, "test"));
        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Maintenance, _test.Pool.Members[1].Effective));
        Assert.Equal(EffectiveState.Up, b1.Effective);
        publisher.Tell(Snapshot(2, 0, ActiveHealth.Down));
        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Down, b1.Effective));
    }

    [Fact]
    public async Task A_word_about_a_backend_that_is_gone_hurts_nobody()
    {
        var publisher = Sys.ActorOf(Props.Create(() => new RoutingTablePublisherActor(_test.Memory)));

        publisher.Tell(new AdminStateChanged("gone/b1", AdminState.Draining, "test"));
        publisher.Tell(new AdminStateChanged("app/b1", AdminState.Draining, "test"));

        await AwaitAssertAsync(() => Assert.Equal(EffectiveState.Draining, _test.Pool.Members[0].Effective));
    }

    private static HealthSnapshot Snapshot(long term, long sequence, ActiveHealth health) =>
        new(term, sequence, ImmutableDictionary<string, BackendVerdict>.Empty.Add("app/b1", new BackendVerdict(new CheckState(health, 0, 0), "test")));
}
