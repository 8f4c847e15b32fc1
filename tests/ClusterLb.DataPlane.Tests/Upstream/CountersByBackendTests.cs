using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

public sealed class CountersByBackendTests : IPoolEvents
{
    private readonly RoutingTableBuilder _builder;

    public CountersByBackendTests() => _builder = new RoutingTableBuilder(this);

    [Fact]
    public void Nothing_is_made_for_a_backend_with_which_nothing_was_done()
    {
        var pool = PoolOf(1, 2);
        var counters = new CountersByBackend(pool, before: null);

        counters.For(pool.Members[1]).Connects++;

        Assert.Same(BackendCounters.None, counters.Of(pool.Members[0]));
        Assert.Equal(1, counters.Of(pool.Members[1]).Connects);
        Assert.Equal(0, BackendCounters.None.Connects);
    }

    [Fact]
    public void A_server_that_stays_goes_on_counting_and_one_under_a_new_address_begins_anew()
    {
        var old = PoolOf(1, 2);
        var before = new CountersByBackend(old, before: null);
        foreach (var member in old.Members) before.For(member).Connects = 7;
        var now = PoolOf(1, 3);
        var after = new CountersByBackend(now, before);

        Assert.Same(before.Of(old.Members[0]), after.Of(now.Members[0]));
        Assert.Same(BackendCounters.None, after.Of(now.Members[1]));
    }

    [Fact]
    public void Who_is_under_way_in_a_replaced_pool_counts_in_the_one_that_has_its_place()
    {
        var old = PoolOf(1, 2);
        var before = new CountersByBackend(old, before: null);
        var now = PoolOf(1, 3);
        var after = new CountersByBackend(now, before);

        before.For(old.Members[0]).Retries++;
        after.For(now.Members[0]).Retries++;
        before.For(old.Members[1]).Retries++;

        Assert.Equal(2, after.Of(now.Members[0]).Retries);
        Assert.Equal(0, after.Of(now.Members[1]).Retries);
        Assert.Equal(1, before.Of(old.Members[1]).Retries);
    }

    void IPoolEvents.EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    void IPoolEvents.FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    /// <summary>The next one of its name.</summary>
    private Pool PoolOf(params int[] ports) => _builder.Build(Configs.Of(Configs.Listener,
        Configs.PoolOf([.. ports.Select(port => new IPEndPoint(IPAddress.Loopback, port))])), 0).Pools[0];
}
