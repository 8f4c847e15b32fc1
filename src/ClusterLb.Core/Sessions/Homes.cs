using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// Where the sessions of a pool belong of which nobody was told anything: by rendezvous hash over what the whole cluster agrees on, which is who is configured with a weight and not drained or in
/// maintenance, whatever any node sees for itself. A change counts <see cref="SettlingMilliseconds"/> after it was made: until then the old homes do, while each node makes those sessions it
/// has met known that would be elsewhere by the new ones. Immutable; a pool replaces it whole.
/// </summary>
/// <param name="current">In force.</param>
/// <param name="next">What comes into force; null = nothing is about to change.</param>
/// <param name="changesAt">Monotonic milliseconds at which it does.</param>
public sealed class Homes(Eligibility current, Eligibility? next, long changesAt)
{
    /// <summary>Enough for the slowest node to hear of an operator's wish and to tell what it has met; sessions that begin meanwhile are bound.</summary>
    public const long SettlingMilliseconds = 1_000;

    public static Homes None { get; } = new(Eligibility.None, null, 0);

    /// <summary>Monotonic milliseconds; <see cref="long.MaxValue"/> = nothing is about to change.</summary>
    public long ChangesAt => next is null ? long.MaxValue : changesAt;

    /// <summary>The homes to come, or those in force when nothing is about to change.</summary>
    public Eligibility Coming => next ?? current;

    /// <summary>Null when nobody takes sessions. Allocates nothing.</summary>
    public Backend? Of(SessionKey session)
    {
        var home = Rendezvous.Pick(session, current, default);
        return next is null || home is { Effective: not (EffectiveState.Maintenance or EffectiveState.Drained) } ? home : Rendezvous.Pick(session, next, default);
    }

    /// <summary>True when the session will be found there by whoever was told nothing.</summary>
    public bool WillFind(SessionKey session, ulong backend) => Rendezvous.Pick(session, Coming, default)?.Key == backend;

    /// <summary>Lets time pass, and takes up who is at home here now.</summary>
    /// <param name="members">All of the pool, by configuration order.</param>
    /// <param name="takes">By index: more than 0 = takes sessions.</param>
    /// <param name="since">Monotonic milliseconds at which a change was made, if this is one.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <returns>This one when nothing is new.</returns>
    public Homes Follow(ReadOnlySpan<Backend> members, ReadOnlySpan<int> takes, long since, long now)
    {
        var settled = now >= ChangesAt ? new Homes(Coming, null, 0) : this;
        if (settled.Coming.Has(takes)) return settled;
        var fresh = new Eligibility(members, takes.ToArray(), failOpen: false);
        // Nothing has to settle at first, when the change is of long ago, and when it is taken back.
        var isDue = settled.IsEmpty || now - since >= SettlingMilliseconds || settled.InForce.Has(takes);
        return isDue ? new Homes(fresh, null, 0) : new Homes(settled.InForce, fresh, since + SettlingMilliseconds);
    }

    /// <summary>The same homes in a pool that replaces theirs, as far as they are in it.</summary>
    public Homes In(ReadOnlySpan<Backend> members)
    {
        var takes = new int[members.Length];
        foreach (var member in members) takes[member.Index] = Array.Exists(current.Candidates, home => home.Key == member.Key) ? 1 : 0;
        return new Homes(new Eligibility(members, takes, failOpen: false), null, 0);
    }

    private Eligibility InForce => current;

    private bool IsEmpty => current.Candidates.Length == 0;
}
