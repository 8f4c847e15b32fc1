using System.Globalization;
using ClusterLb.Redis.Tests.Servers;
using ClusterLb.Testing;
using static ClusterLb.Redis.Tests.TestStores;

namespace ClusterLb.Redis.Tests;

public sealed class RedisClusterTests
{
    [Fact]
    public async Task Sessions_and_documents_are_spread_over_the_nodes_of_a_Redis_Cluster()
    {
        await using var cluster = await RedisCluster.StartAsync();
        var config = Configs.Redis with { Endpoints = [cluster.Nodes[0].EndPoint, cluster.Nodes[1].EndPoint] };
        await using var store = await ConnectAsync(config);
        await using var other = await ConnectAsync(config);

        var claims = Enumerable.Range(1, 300).Select(i => Bind((ulong)i, 7)).ToList();
        Assert.All(claims.Zip(await Task.WhenAll(claims.Select(claim => store.ClaimedAsync(claim)))),
            pair => Assert.Equal(pair.First, pair.Second));
        foreach (var claim in claims) other.Put(claim with { Version = 1, Backend = 8 });
        await other.WrittenAsync();
        foreach (var claim in claims) Assert.Equal(claim with { Version = 1, Backend = 8 }, await store.FoundAsync(claim.Session.Value));
        foreach (var name in (string[])["admin", "keys", "other"])
        {
            Assert.Equal([1], await store.ClaimedAsync(name, [1]));
            Assert.Equal([1], await other.ReadUntilAnsweredAsync(name));
        }

        foreach (var node in cluster.Nodes) Assert.InRange(int.Parse(await node.CliAsync("DBSIZE"), CultureInfo.InvariantCulture), 50, 200);
    }

    [Fact]
    public async Task A_node_that_comes_back_empty_is_noticed_and_gets_what_waited()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var store = await ConnectAsync(Configs.Redis with { Endpoints = [cluster.Nodes[0].EndPoint] });
        var returns = 0;
        store.OnReturn(() => Interlocked.Increment(ref returns));
        await Eventually.Is(() => Volatile.Read(ref returns) == 1);
        var isHeld = await Task.WhenAll(cluster.Nodes.Select(async node =>
            (Node: node, Holds: await node.CliAsync("EXISTS", "clusterlb:alive") == "1")));
        var other = isHeld.First(one => !one.Holds).Node;

        await other.KillAsync();
        for (ulong i = 1; i <= 300; i++) store.Put(Bind(i, 7));
        await other.StartAsync();
        await Eventually.Is(() => Volatile.Read(ref returns) >= 2);
        await store.WrittenAsync();

        for (ulong i = 1; i <= 300; i++) Assert.Equal(7UL, (await store.FoundAsync(i)).Backend);
    }

    [Fact]
    public async Task What_belongs_to_a_node_that_is_gone_holds_up_nobody_else()
    {
        await using var cluster = await RedisCluster.StartAsync();
        foreach (var node in cluster.Nodes) await node.CliAsync("CONFIG", "SET", "cluster-require-full-coverage", "no");
        await using var store = await ConnectAsync(Configs.Redis with { Endpoints = [cluster.Nodes[0].EndPoint] });
        var isHeld = await Task.WhenAll(cluster.Nodes.Select(async node =>
            (Node: node, Holds: await node.CliAsync("EXISTS", "clusterlb:alive") == "1")));
        var gone = isHeld.First(one => !one.Holds).Node;
        await gone.KillAsync();

        for (ulong i = 1; i <= 600; i++) store.Put(Bind(i, 7));

        // Two thirds are theirs; a batch has 256.
        await Eventually.Is(async () =>
        {
            var sizes = await Task.WhenAll(cluster.Nodes.Where(node => node != gone).Select(node => node.CliAsync("DBSIZE")));
            return sizes.Sum(size => int.Parse(size, CultureInfo.InvariantCulture)) >= 350;
        });
        Assert.Equal(0, store.Read().Dropped);
    }
}
