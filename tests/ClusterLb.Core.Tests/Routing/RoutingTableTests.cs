using System.Collections.Frozen;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Tests.Pools;

namespace ClusterLb.Core.Tests.Routing;

public sealed class RoutingTableTests
{
    private static readonly Pool s_app = new PoolBench(PoolConfigs.Of("a", "b")).Pool;
    private static readonly Pool s_shop = new PoolBench(PoolConfigs.Of("a") with { Name = "shop" }).Pool;
    private static readonly RoutingTable s_table = new(5, [s_app, s_shop], FrozenDictionary<string, ListenerRoutes>.Empty);

    [Fact]
    public void A_backend_is_found_by_its_key_and_by_its_pool_and_name() => Assert.All(s_table.Pools, pool =>
        Assert.All(pool.Members, backend =>
        {
            Assert.Equal((pool, backend), s_table.FindBackend(backend.Key));
            Assert.Equal((pool, backend), s_table.FindBackend(backend.Id));
        }));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("app")]
    [InlineData("app/")]
    [InlineData("/a")]
    [InlineData("app/c")]
    [InlineData("shop/b")]
    [InlineData("nobody/a")]
    [InlineData("app/a/")]
    [InlineData("App/a")]
    public void What_names_no_backend_finds_none(string id) => Assert.Null(s_table.FindBackend(id));

    [Fact]
    public void Readers_have_the_empty_table_until_one_is_published()
    {
        var holder = new RoutingTableHolder();
        Assert.Same(RoutingTable.Empty, holder.Current);
        Assert.Equal(0, holder.Current.Version);
        Assert.Null(holder.Current.FindBackend(s_app.Members[0].Key));

        holder.Publish(s_table);
        Assert.Same(s_table, holder.Current);
    }
}
