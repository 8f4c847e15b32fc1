using ClusterLb.Core.Sessions;
using CsCheck;
using static ClusterLb.Core.Tests.Sessions.Bindings;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class BindingTableTests
{
    private static readonly Gen<Binding> s_binding = Gen.Select(
        Gen.ULong[1, 40], Gen.ULong[0, 3], Gen.UInt[0, 3], Gen.UInt[Now - 2, Now + 5], (session, backend, version, expires) =>
            Of(session, backend, version, expires));

    [Fact]
    public void What_overrules_everything_else_said_of_a_session_is_what_counts_in_whatever_order_it_was_said() =>
        s_binding.Array[0, 60].Sample(bindings =>
        {
            var table = new BindingTable(10_000);
            foreach (var binding in bindings) table.Put(binding, Now);
            var reversed = new BindingTable(10_000);
            foreach (var binding in bindings.Reverse()) reversed.Put(binding, Now);

            // An expired binding is none, so nothing is asked of its order.
            foreach (var said in bindings.Where(binding => !binding.IsExpired(Now)).GroupBy(binding => binding.Session))
            {
                var best = said.Aggregate((one, other) => other.Overrules(one)
                    || (other.Version == one.Version && other.Backend == one.Backend && other.ExpiresAt > one.ExpiresAt) ? other : one);
                Assert.True(table.TryGet(said.Key, Now, out var kept));
                Assert.Equal(best, kept);
                Assert.True(reversed.TryGet(said.Key, Now, out kept));
                Assert.Equal(best, kept);
            }
        });

    [Fact]
    public void What_expires_is_gone_and_a_sweep_gives_its_room_back()
    {
        var table = new BindingTable(10_000);
        for (ulong i = 1; i <= 2_000; i++) table.Put(Of(Spread(i), 1, 0, i % 2 == 0 ? Now + 10 : Now + 20), Now);

        Assert.False(table.TryGet(new SessionKey(Spread(2)), Now + 10, out _));
        Assert.Equal(1_000, table.Sweep(Now + 10));
        Assert.Equal(0, table.Sweep(Now + 10));
        Assert.Equal(1_000, table.Count);
        Assert.All(Enumerable.Range(0, BindingTable.Parts).SelectMany(table.Read), left => Assert.Equal(Now + 20, left.ExpiresAt));
        Assert.Equal(0, table.Displaced);
    }

    [Fact]
    public void Sessions_that_leave_a_backend_are_counted_by_why_they_did()
    {
        var table = new BindingTable(1_000);
        Binding[] said = [Of(1, 7, 0, Now + 10), Of(1, 7, 0, Now + 20), Of(1, 8, 1, Now + 10), Of(2, 7, 0, Now + 5), Of(3, 7, 0, Now + 5),
            Of(3, 0, 1, Now + 5), Of(4, 9, 0, Now + 5)];
        foreach (var binding in said) table.Put(binding, Now);
        Assert.Equal((1, 0), table.Departures.Of(7));

        // One ends as its session begins anew, the other as the table is swept; an evicted one has left nobody.
        table.Put(Of(4, 7, 1, Now + 30), Now + 5);
        table.Sweep(Now + 5);

        Assert.Equal((1, 1), table.Departures.Of(7));
        Assert.Equal((0, 0), table.Departures.Of(8));
        Assert.Equal((0, 1), table.Departures.Of(9));
    }

    [Fact]
    public void A_full_table_lets_go_of_what_was_told_to_nobody_and_not_used_for_longest()
    {
        var table = new BindingTable(1_024);
        for (ulong i = 1; i <= 64; i++) table.Put(Of(Spread(i), 1, 1, Now + 5), Now);
        for (ulong i = 65; i <= 100_000; i++) table.Put(Of(Spread(i), 1, 0, Now + 10 + (uint)i), Now);

        Assert.True(table.Count <= 2_048);
        Assert.True(table.Displaced > 90_000);
        Assert.All(Enumerable.Range(1, 64), i => Assert.True(table.TryGet(new SessionKey(Spread((ulong)i)), Now, out _)));
        Assert.True(table.TryGet(new SessionKey(Spread(100_000)), Now, out _));
    }

    /// <summary>Of whoever invents: values that nobody was told, as they come up on this node, or bindings that peers tell of.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public void What_is_used_now_and_then_stays_through_ten_times_the_capacity_of_what_is_invented(uint liveVersion, uint inventedVersion)
    {
        const int capacity = 10_000, live = 1_000, ttl = 3_600;
        var table = new BindingTable(capacity);
        for (ulong i = 1; i <= live; i++) table.Put(Of(Spread(i), 1, liveVersion, Now + ttl), Now);

        for (uint second = 1; second <= 50; second++)
        {
            for (ulong i = 1; i <= live; i++)
                Assert.True(table.TryUse(new SessionKey(Spread(i)), Now + second, ttl, out _, out _), $"{i} is gone after {second} s");
            for (ulong i = 0; i < capacity / 5; i++)
                table.Put(Of(Spread(live + 1 + second * capacity + i), 2, inventedVersion, Now + second + ttl), Now + second);
        }

        Assert.True(table.Displaced > 5 * capacity);
        Assert.All(Enumerable.Range(1, live), i => Assert.True(table.TryGet(new SessionKey(Spread((ulong)i)), Now, out _)));
    }

    [Fact]
    public void What_another_node_renews_is_used_though_nobody_asks_for_it_here()
    {
        var table = new BindingTable(1_024);
        for (ulong i = 1; i <= 100; i++) table.Put(Of(Spread(i), 1, 1, Now + 5), Now);
        for (ulong i = 1; i <= 100; i++) table.Put(Of(Spread(i), 1, 1, Now + 6), Now + 1);

        for (ulong i = 1_000; i <= 20_000; i++) table.Put(Of(Spread(i), 2, 1, Now + 100), Now + 1);

        Assert.All(Enumerable.Range(1, 100), i => Assert.True(table.TryGet(new SessionKey(Spread((ulong)i)), Now + 1, out _)));
    }

    [Fact]
    public void A_use_in_the_second_it_was_made_in_says_nothing_and_the_first_one_later_is_told_apart()
    {
        var table = new BindingTable(1_000);
        table.Put(Of(5, 1, 1, Now + 100), Now);

        Assert.Equal((true, false), (table.TryUse(new SessionKey(5), Now, 100, out _, out var isFirst), isFirst));
        Assert.Equal((true, true), (table.TryUse(new SessionKey(5), Now + 1, 100, out var used, out isFirst), isFirst));
        Assert.Equal(Of(5, 1, 1, Now + 100), used);
        Assert.Equal((true, false), (table.TryUse(new SessionKey(5), Now + 2, 100, out _, out isFirst), isFirst));
        Assert.False(table.TryUse(new SessionKey(5), Now + 100, 100, out _, out _));
    }

    [Fact]
    public void Who_tells_of_a_session_hears_what_counts()
    {
        var table = new BindingTable(1_000);
        var held = Of(5, 1, 2, Now + 10);

        Assert.Equal(held, table.Put(held, Now));
        Assert.Equal(held, table.Put(Of(5, 9, 1, Now + 90), Now));
        Assert.Equal(held, table.Put(held with { ExpiresAt = Now + 9 }, Now));
        Assert.Equal(held, table.Put(Of(5, 9, 3, Now), Now));
        Assert.Equal(held with { ExpiresAt = Now + 11 }, table.Put(held with { ExpiresAt = Now + 11 }, Now));
        Assert.Equal(Of(5, 9, 3, Now + 5), table.Put(Of(5, 9, 3, Now + 5), Now));
        // Of what has ended nothing counts any more, whatever its version.
        Assert.Equal(Of(5, 1, 1, Now + 90), table.Put(Of(5, 1, 1, Now + 90), Now + 5));
        Assert.Equal(1, table.Count);

        Assert.Equal(Of(6, 1, 1, Now), table.Put(Of(6, 1, 1, Now), Now));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void A_session_bound_again_to_the_backend_it_has_left_nobody()
    {
        var table = new BindingTable(1_000);
        Binding[] said = [Of(1, 7, 1, Now + 10), Of(1, 7, 2, Now + 10), Of(1, 0, 3, Now + 10), Of(1, 7, 4, Now + 10)];
        foreach (var binding in said) table.Put(binding, Now);

        Assert.Equal(((0L, 0L), (0L, 0L)), (table.Departures.Of(7), table.Departures.Of(0)));
    }

    [Fact]
    public void Live_sessions_are_counted_by_backend_and_this_nodes_own_notes_are_told_to_nobody()
    {
        var table = new BindingTable(1_000);
        Binding[] held = [Of(1, 7, 0, Now + 10), Of(2, 7, 1, Now + 10), Of(1UL << 63, 7, 2, Now + 5), Of(4, 8, 1, Now + 6),
            Of(5, 0, 1, Now + 10)];
        foreach (var binding in held) table.Put(binding, Now);

        Assert.Equal([(7UL, 2), (8UL, 1)], table.CountByBackend(Now + 5).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(held, Parts(table.Read));
        Assert.Equal(held.Where(binding => binding.Version > 0), Parts(table.ReadTold));

        IEnumerable<Binding> Parts(Func<int, IReadOnlyList<Binding>> read) =>
            Enumerable.Range(0, BindingTable.Parts).SelectMany(read).OrderBy(binding => Array.IndexOf(held, binding));
    }

    [Fact]
    public void A_million_bindings_are_held_and_each_is_in_exactly_one_part()
    {
        var table = new BindingTable(2_000_000);
        for (ulong i = 1; i <= 1_000_000; i++) table.Put(Of(Spread(i), i, 0, Now + 10), Now);

        Assert.Equal(1_000_000 - (int)table.Displaced, table.Count);
        Assert.InRange(table.Displaced, 0, 100);
        var all = Enumerable.Range(0, BindingTable.Parts).SelectMany(table.Read).ToList();
        Assert.Equal(table.Count, all.DistinctBy(binding => binding.Session).Count());
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(40_000)]
    [InlineData(150_000)]
    public void Nobody_is_displaced_long_before_the_table_has_its_capacity(int sessions)
    {
        var table = new BindingTable(2_000_000);
        for (var i = 0; i < sessions; i++) table.Put(Of(SessionKey.Of(1, BitConverter.GetBytes(i)).Value, 1, 0, Now + 10), Now);

        Assert.Equal((sessions, 0L), (table.Count, table.Displaced));
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_binding_while_it_is_replaced_and_the_table_grows()
    {
        var table = new BindingTable(100_000);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            for (uint round = 1; !stop.IsCancellationRequested; round++)
            {
                for (ulong i = 1; i <= 200; i++) table.Put(Of(i << 58 | i, round * 7UL, round, Now + round), Now);
                table.Put(Of(Spread(round), 7, 1, Now + 1), Now);
            }
        });

        for (var reads = 0; reads < 2_000_000; reads++)
        {
            var i = (ulong)(reads % 200) + 1;
            if (!table.TryGet(new SessionKey(i << 58 | i), Now, out var binding)) continue;
            Assert.True(binding.Backend == binding.Version * 7UL && binding.ExpiresAt == Now + binding.Version, binding.ToString());
        }

        await stop.CancelAsync();
        await writing;
    }
}
