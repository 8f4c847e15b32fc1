using Akka.Actor;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class PeerLinkTests
{
    private static readonly SessionPeer s_peer = new("lb2", ActorRefs.Nobody);

    private readonly BindingTable _table = Bindings.TableOf(10_000);

    [Fact]
    public void What_waits_goes_in_batches_of_a_frame()
    {
        var link = new PeerLink(s_peer, isBehind: false);
        Assert.True(link.Add(Notes(Bindings.Range(0, 9_000))));

        Assert.Equal([4_000, 4_000, 1_000], Drain(link, 0).Select(batch => batch.Count));
        Assert.False(link.IsIdle);
        for (var number = 0; number < 3; number++) Assert.True(link.Confirm(number, 0));
        Assert.True(link.IsIdle);
        Assert.False(link.Confirm(2, 0));
    }

    [Fact]
    public void At_most_64_batches_are_on_their_way_and_what_comes_meanwhile_shares_the_next()
    {
        var link = new PeerLink(s_peer, isBehind: false);
        for (var i = 0; i < 70; i++)
        {
            Assert.True(link.Add(Notes(Bindings.Range(i, 1))));
            if (link.Next(_table) is { Count: > 0 }) link.Sent(i, 0);
        }

        Assert.Equal(PeerLink.Window, link.Unconfirmed.Count);
        link.Confirm(0, 0);
        Assert.Equal(6, link.Next(_table).Count);
    }

    [Fact]
    public void A_peer_that_does_not_confirm_for_two_seconds_is_told_everything_anew()
    {
        var link = new PeerLink(s_peer, isBehind: false);
        link.Add(Notes(Bindings.Range(0, 5)));
        Drain(link, 0);
        Assert.True(link.KeepsUp(PeerLink.PatienceMilliseconds));

        Assert.False(link.KeepsUp(PeerLink.PatienceMilliseconds + 1));

        Assert.True(link.IsBehind);
        Assert.False(link.Confirm(0, 0));
        Assert.Equal(10_000, TransferAll(link).Distinct().Count());
        Assert.True(link.IsIdle);
    }

    [Fact]
    public void A_peer_for_which_too_much_waits_is_told_everything_anew_and_then_what_came_meanwhile()
    {
        var link = new PeerLink(s_peer, isBehind: false);
        for (var i = 0; i < 50; i++) Assert.True(link.Add(Notes(Bindings.Range(i * 4_000, 4_000))));

        Assert.False(link.Add(Notes(Bindings.Range(0, 1))));
        Assert.True(link.IsBehind);
        link.Add(Notes(Bindings.Range(50_000, 3)));

        var told = TransferAll(link);
        Assert.Equal(10_003, told.Count);
        Assert.Equal(Bindings.Range(50_000, 3), told[^3..]);
    }

    [Fact]
    public void Until_it_confirms_the_first_batch_it_gets_no_other_and_then_eight_at_a_time()
    {
        var (link, table) = (new PeerLink(s_peer, isBehind: true), Bindings.TableOf(50_000));

        Assert.Single(Drain(link, 0, table));
        link.Confirm(0, 0);

        Assert.Equal(PeerLink.TransferWindow, Drain(link, 1, table).Count);
    }

    [Fact]
    public void Who_confirms_nothing_for_as_long_as_anybody_waits_is_silent_until_it_does()
    {
        var link = new PeerLink(s_peer, isBehind: false);
        Assert.False(link.IsSilent(1_000_000, 250));

        link.Sent(1, 1_000);
        link.Sent(2, 1_200);
        Assert.False(link.IsSilent(1_249, 250));
        Assert.True(link.IsSilent(1_250, 250));

        link.Confirm(1, 1_300);
        Assert.False(link.IsSilent(1_549, 250));
        Assert.True(link.IsSilent(1_550, 250));
        link.Confirm(2, 1_600);
        Assert.False(link.IsSilent(1_000_000, 250));
    }

    [Fact]
    public void Who_is_told_everything_anew_is_silent_until_it_confirms_some_of_it()
    {
        var link = new PeerLink(s_peer, isBehind: false);
        link.Sent(1, 0);
        link.KeepsUp(2_001);
        link.Sent(2, 2_001);

        Assert.True(link.IsSilent(2_001, 250));
        link.Confirm(2, 2_002);
        Assert.False(link.IsSilent(1_000_000, 250));
    }

    [Fact]
    public void An_empty_table_is_told_in_no_batch()
    {
        var link = new PeerLink(s_peer, isBehind: true);

        Assert.Empty(link.Next(new BindingTable(1_000)));
        Assert.True(link.IsIdle);
    }

    private static List<BindingNote> Notes(IEnumerable<Binding> bindings) =>
        [.. bindings.Select(binding => new BindingNote(binding, IsStored: false))];

    private List<IReadOnlyList<Binding>> Drain(PeerLink link, long firstNumber, BindingTable? other = null)
    {
        var (batches, table) = (new List<IReadOnlyList<Binding>>(), other ?? _table);
        for (var next = link.Next(table); next.Count > 0; next = link.Next(table))
        {
            Assert.True(next.Count <= BindingBatch.Most);
            link.Sent(firstNumber + batches.Count, 0);
            batches.Add(next);
        }

        return batches;
    }

    private List<Binding> TransferAll(PeerLink link)
    {
        var told = new List<Binding>();
        while (!link.IsIdle)
        {
            told.AddRange(Drain(link, 1_000).SelectMany(batch => batch));
            foreach (var number in link.Unconfirmed.ToList()) link.Confirm(number, 0);
        }

        return told;
    }
}
