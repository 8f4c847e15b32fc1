using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Tests.Pools;
using static ClusterLb.Core.Tests.Routing.RouteConfigs;

namespace ClusterLb.Core.Tests.Routing;

public class TableChangeTests : IPoolEvents
{
    private static readonly PoolConfig App = PoolConfigs.Of("a", "b");
    private readonly RoutingTableBuilder _builder;

    public TableChangeTests() => _builder = new RoutingTableBuilder(this);

    [Fact]
    public void The_first_table_adds_all() => AssertChange(["app/a", "app/b"], [], [], TableChange.Between(RoutingTable.Empty, Build(App)));

    [Fact]
    public void Backends_come_and_go_and_the_others_are_kept_whatever_else_of_them_changed()
    {
        var before = Build(App);
        EquatableList<BackendConfig> backends = [App.Backends[1] with { Weight = 7 }, App.Backends[0] with { Name = "c" }];
        var after = Build(App with { Backends = backends, DrainTimeout = TimeSpan.FromSeconds(9) });
        var change = TableChange.Between(before, after);

        AssertChange(["app/c"], ["app/a"], ["app/b"], change);
        Assert.Same(after.FindBackend("app/b")!.Value.Backend, change.Kept[0]);
        Assert.Same(before.FindBackend("app/a")!.Value.Backend, change.Removed[0]);
    }

    [Fact]
    public void A_backend_whose_address_changed_is_another_one_under_an_old_name()
    {
        var before = Build(App);
        var elsewhere = new IPEndPoint(IPAddress.Loopback, 4_999);
        var after = Build(App with { Backends = [App.Backends[0] with { EndPoint = elsewhere }, App.Backends[1]] });

        AssertChange(["app/a"], ["app/a"], ["app/b"], TableChange.Between(before, after));
    }

    void IPoolEvents.EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    void IPoolEvents.FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    private RoutingTable Build(params PoolConfig[] pools) => _builder.Build(Whole(pools.ToEquatableList()), nowMilliseconds: 1_000);

    private static void AssertChange(string[] added, string[] removed, string[] kept, TableChange change)
    {
        Assert.Equal(added, change.Added.Select(backend => backend.Id));
        Assert.Equal(removed, change.Removed.Select(backend => backend.Id));
        Assert.Equal(kept, change.Kept.Select(backend => backend.Id));
    }
}
