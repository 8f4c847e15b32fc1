using ClusterLb.Core.Sessions;
using static ClusterLb.Core.Tests.Sessions.Bindings;

namespace ClusterLb.Core.Tests.Sessions;

/// <summary>Who stays where there is no room for all.</summary>
public sealed class BindingShardTests
{
    [Fact]
    public void Where_all_were_used_who_is_not_used_again_goes_before_who_is()
    {
        var table = new BindingTable(1_000);
        for (ulong i = 1; i <= 8; i++) table.Put(Of(i << 20, i, 1, Now + 100 + (uint)i), Now);
        // Keys that share a set for ever, which one hand of the clock passes over.
        for (ulong i = 1; i <= 8; i++) table.TryUse(new SessionKey(i << 20), Now + 50, 100, out _, out _);

        table.Put(Of(9UL << 20, 9, 1, Now + 150), Now + 50);
        for (ulong i = 2; i <= 5; i++) Assert.True(table.TryUse(new SessionKey(i << 20), Now + 51, 100, out _, out _));
        for (ulong i = 10; i <= 40; i++) table.Put(Of(i << 20, i, 1, Now + 160), Now + 51);

        Assert.Equal([2, 3, 4, 5], Left(table, 8));
    }

    [Fact]
    public void What_was_told_to_nobody_takes_no_place_from_what_was()
    {
        var table = new BindingTable(1_000);
        for (ulong i = 1; i <= 8; i++) table.Put(Of(i << 20, i, 1, Now + 5), Now);

        for (ulong i = 9; i <= 100; i++) table.Put(Of(i << 20, i, 0, Now + 100), Now);

        Assert.Equal((8, 92L), (table.Count, table.Displaced));
        Assert.All(Enumerable.Range(1, 8), i => Assert.True(table.TryGet(new SessionKey((ulong)i << 20), Now, out _)));
    }

    /// <summary>Of eight that share a set for ever, the first expires first.</summary>
    [Theory]
    [InlineData("nothing", 1)]
    [InlineData("told again", 1)]
    [InlineData("used", 2)]
    [InlineData("moved", 2)]
    [InlineData("used, moved", 2)]
    [InlineData("used, begun anew", 2)]
    public void Where_a_set_is_full_the_first_to_expire_of_those_not_used_goes(string first, ulong goes)
    {
        var table = new BindingTable(1_000);
        for (ulong i = 2; i <= 8; i++) table.Put(Of(i << 20, 1, 1, Now + 20 + (uint)i), Now);
        table.Put(Of(1 << 20, 1, 1, first == "used, begun anew" ? Now + 1 : Now + 20), Now);
        if (first.StartsWith("used", StringComparison.Ordinal)) table.TryUse(new SessionKey(1 << 20), Now, 100, out _, out _);
        if (first.EndsWith("again", StringComparison.Ordinal)) table.Put(Of(1 << 20, 1, 1, Now + 20), Now);
        if (first.EndsWith("moved", StringComparison.Ordinal)) table.Put(Of(1 << 20, 2, 2, Now + 29), Now);
        if (first.EndsWith("anew", StringComparison.Ordinal)) table.Put(Of(1 << 20, 1, 1, Now + 29), Now + 1);

        table.Put(Of(9 << 20, 1, 1, Now + 100), Now + 1);
        var expected = Enumerable.Range(1, 9).Where(i => (ulong)i != goes).ToList();
        Assert.Equal(expected, Left(table, 9));

        // Those not used go one by one, and then only who was used is left of the eight.
        for (ulong i = 10; i <= 16; i++) table.Put(Of(i << 20, 1, 1, Now + 100), Now + 1);
        Assert.Equal(first is "used" or "used, moved" ? [1] : [], Left(table, 8));
    }

    [Fact]
    public void Of_those_not_used_what_was_told_to_nobody_goes_before_what_was_told()
    {
        var table = new BindingTable(1_000);
        for (ulong i = 1; i <= 8; i++) table.Put(Of(i << 20, 1, i == 8 ? 0u : 1, Now + 20 + (uint)i), Now);

        table.Put(Of(9 << 20, 1, 1, Now + 100), Now);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 9], Left(table, 9));
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(40_000)]
    public void Memory_is_taken_as_it_fills(int sessions)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var table = new BindingTable(2_000_000);
        for (var i = 0; i < sessions; i++) table.Put(Of(SessionKey.Of(1, BitConverter.GetBytes(i)).Value, 1, 0, Now + 10), Now);

        // A slot has 25 bytes, and whoever doubles has had half as many before.
        var slots = (GC.GetAllocatedBytesForCurrentThread() - before) / 50;
        Assert.True(slots < 7 * sessions, $"{slots} slots for {sessions}");
    }

    [Fact]
    public void What_has_expired_goes_before_all_else_and_is_not_counted_as_displaced()
    {
        var table = new BindingTable(1_000);
        for (ulong i = 1; i <= 8; i++) table.Put(Of(i << 20, 7, i == 5 ? 1u : 0, i == 5 ? Now + 1 : Now + 10), Now);
        table.TryUse(new SessionKey(5 << 20), Now, 100, out _, out _);

        table.Put(Of(9 << 20, 7, 0, Now + 100), Now + 1);

        Assert.Equal([1, 2, 3, 4, 6, 7, 8, 9], Left(table, 9));
        Assert.Equal((8, 0L, (0L, 1L)), (table.Count, table.Displaced, table.Departures.Of(7)));
    }

    [Fact]
    public void What_is_not_used_again_in_one_set_changes_nothing_in_another()
    {
        var table = new BindingTable(1_000);
        for (ulong i = 1; i <= 8; i++)
        {
            for (ulong set = 0; set <= 3; set++) table.Put(Of((i << 20) + set, 1, 1, Now + 20 + (uint)i), Now);
        }

        for (ulong i = 1; i <= 8; i++)
        {
            for (ulong set = 0; set <= 3; set++) table.TryUse(new SessionKey((i << 20) + set), Now, 100, out _, out _);
        }

        // All of the second set were used: the first to expire goes, and the others have to be used again.
        table.Put(Of((9 << 20) + 1, 1, 1, Now + 100), Now);

        for (ulong set = 0; set <= 3; set++)
        {
            Assert.Equal((true, set == 1), (table.TryUse(new SessionKey((2 << 20) + set), Now, 100, out _, out var isFirst), isFirst));
            Assert.Equal(set != 1, table.TryGet(new SessionKey((1 << 20) + set), Now, out _));
        }
    }

    [Theory]
    [InlineData(1_000, 2_048)]
    [InlineData(1_024, 2_048)]
    [InlineData(1_025, 4_096)]
    [InlineData(2_048, 4_096)]
    public void There_is_room_for_twice_the_capacity_rounded_up_to_a_power_of_two(int capacity, int room)
    {
        var table = new BindingTable(capacity);
        for (ulong i = 1; i <= 100_000; i++) table.Put(Of(Spread(i), 1, 1, Now + 10), Now);

        Assert.Equal((room, 100_000L - room), (table.Count, table.Displaced));
    }

    [Fact]
    public void Keys_that_somebody_chose_to_be_in_one_set_displace_each_other_and_nothing_else()
    {
        var table = new BindingTable(2_000_000);
        for (ulong i = 1; i <= 1_000; i++) table.Put(Of(Spread(i), 1, 0, Now + 10), Now);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong i = 0; i < 10_000; i++) table.Put(Of((7UL << 58) | (i << 20), 1, 0, Now + 5), Now);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);

        Assert.All(Enumerable.Range(1, 1_000), i => Assert.True(table.TryGet(new SessionKey(Spread((ulong)i)), Now, out _)));
        Assert.InRange(table.Count, 1_001, 1_100);
    }

    /// <summary>Of the keys that share a set for ever.</summary>
    private static IEnumerable<int> Left(BindingTable table, int most) =>
        Enumerable.Range(1, most).Where(i => table.TryGet(new SessionKey((ulong)i << 20), Now + 1, out _));
}
