using System.Diagnostics;
using System.Text;
using ClusterLb.Core.Routing;

namespace ClusterLb.Core.Tests.Routing;

public sealed class ByteTableTests
{
    [Fact]
    public void Keys_of_one_hash_are_told_apart_by_their_bytes()
    {
        var table = TableOf(["/admin", "/public", "/shop"], _ => 7);

        Assert.True(table.TryFind(7, "/shop"u8, out var found));
        Assert.Equal("/shop", found);
        Assert.False(table.TryFind(7, "/other"u8, out _));
        Assert.False(table.TryFind(8, "/shop"u8, out _));
    }

    [Fact]
    public void An_empty_one_finds_nothing()
    {
        var table = TableOf([], _ => 7);

        Assert.Equal(0, table.LongestKey);
        Assert.False(table.TryFind(ByteHash.Start, ""u8, out _));
    }

    /// <summary>A request costs the same however many routes there are; those of a row of names are no worse than random ones.</summary>
    [Fact]
    public void A_look_up_among_many_costs_what_it_costs_among_few()
    {
        string[] names = [.. Enumerable.Range(0, 20_000).Select(i => $"/service{i}")];
        var (few, many) = (Best(names[..10]), Best(names));

        Assert.True(many < 50 * few, $"{many} ticks among {names.Length} names, {few} among 10");
    }

    /// <summary>Of the fastest of five rounds of 20,000 look-ups, so that nobody who takes the processor meanwhile is counted.</summary>
    private static long Best(string[] names)
    {
        var table = TableOf(names, key => ByteHash.Forward(key));
        var keys = names.Select(name => Encoding.ASCII.GetBytes(name)).Select(key => (Hash: ByteHash.Forward(key), Key: key)).ToArray();
        return Enumerable.Range(0, 5).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 20_000; i++)
            {
                var (hash, key) = keys[i % keys.Length];
                Assert.True(table.TryFind(hash, key, out var _));
            }

            return Stopwatch.GetTimestamp() - start;
        });
    }

    private static ByteTable<string> TableOf(string[] names, Func<byte[], ulong> hash) =>
        new([.. names.Select(name => KeyValuePair.Create(Encoding.ASCII.GetBytes(name), name))], hash);
}
