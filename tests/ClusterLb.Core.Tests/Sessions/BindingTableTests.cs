using ClusterLb.Core.Sessions;
using CsCheck;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class BindingTableTests
{
    private const uint Now = 1_000;

    private static readonly Gen<Binding> s_binding = Gen.Select(
        Gen.ULong[1, 40], Gen.ULong[0, 3], Gen.UInt[0, 3], Gen.UInt[Now - 2, Now + 5], (session, backend, version, expires) => Of(session, backend, version, expires));

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
                var best = said.Aggregate((one, other) => other.Overrules(one) || (other.Version == one.Version && other.Backend == one.Backend && other.ExpiresAt > one.ExpiresAt) ? other : one);
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
        Assert.Equal(1_000, table.Count);
        Assert.Equal(0, table.Displaced);
    }

    [Fact]
    public void Sessions_that_leave_a_backend_are_counted_by_why_they_did()
    {
        var table = new BindingTable(1_000);
        Binding[] said = [Of(1, 7, 0, Now + 10), Of(1, 7, 0, Now + 20), Of(1, 8, 1, Now + 10), Of(2, 7, 0, Now + 5), Of(3, 7, 0, Now + 5), Of(3, 0, 1, Now + 5), Of(4, 9, 0, Now + 5)];
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
    public void A_full_table_lets_go_of_what_was_never_moved_and_not_used_for_longest()
    {
        var table = new BindingTable(1_024);
        for (ulong i = 1; i <= 64; i++) table.Put(Of(Spread(i), 1, 1, Now + 5), Now);
        for (ulong i = 65; i <= 100_000; i++) table.Put(Of(Spread(i), 1, 0, Now + 10 + (uint)i), Now);

        Assert.True(table.Count <= 2_048);
        Assert.True(table.Displaced > 90_000);
        Assert.All(Enumerable.Range(1, 64), i => Assert.True(table.TryGet(new SessionKey(Spread((ulong)i)), Now, out _)));
        Assert.True(table.TryGet(new SessionKey(Spread(100_000)), Now, out _));
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
    public void Keys_that_somebody_chose_to_be_in_one_set_displace_each_other_and_nothing_else()
    {
        var table = new BindingTable(2_000_000);
        for (ulong i = 1; i <= 1_000; i++) table.Put(Of(Spread(i), 1, 0, Now + 10), Now);

        for (ulong i = 0; i < 10_000; i++) table.Put(Of((7UL << 58) | (i << 20), 1, 0, Now + 5), Now);

        Assert.All(Enumerable.Range(1, 1_000), i => Assert.True(table.TryGet(new SessionKey(Spread((ulong)i)), Now, out _)));
        Assert.InRange(table.Count, 1_001, 1_100);
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

    private static ulong Spread(ulong i) => unchecked(i * 0x9E3779B97F4A7C15);

    private static Binding Of(ulong session, ulong backend, uint version, uint expires) => new(new SessionKey(session), backend, version, expires);
}
