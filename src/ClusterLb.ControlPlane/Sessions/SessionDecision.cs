using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>What one message makes of a session: pure. Its actor holds the binding, makes it known and answers.</summary>
/// <param name="Held">From now on; null = nothing is known.</param>
/// <param name="Answer">Null = none.</param>
/// <param name="MustBeAnnounced">
/// The answer must be known everywhere before it is given, or another node would still go by an older one.
/// </param>
internal readonly record struct SessionDecision(Binding? Held, Binding? Answer, bool MustBeAnnounced)
{
    /// <summary>Of two words on one session the one that counts; of the same word the one that lives longer.</summary>
    public static Binding? Newest(Binding? one, Binding? other)
    {
        if (one is not { } left) return other;
        if (other is not { } right) return one;
        return left.Overrules(right) || (!right.Overrules(left) && left.ExpiresAt >= right.ExpiresAt) ? left : right;
    }

    /// <summary>Who was first stays; where there is nobody, or no longer, the claim holds.</summary>
    public static SessionDecision Claim(Binding? held, ClaimSession claim, uint nowSeconds)
    {
        if (held is not { IsLocal: false } known) return Bind(claim, 1);
        if (known.IsEvicted || known.IsExpired(nowSeconds)) return Bind(claim, known.Version + 1);
        var used = known with { ExpiresAt = Math.Max(known.ExpiresAt, claim.ExpiresAt) };
        return new(used, used, MustBeAnnounced: false);
    }

    /// <param name="move">
    /// The asking node's word that its backend is gone, which is the cluster's word: this node may not have heard it yet.
    /// </param>
    /// <param name="pool">On this node; null = it has no such pool, so it can judge nobody and nobody is eligible.</param>
    /// <param name="nowSeconds">Unix.</param>
    public static SessionDecision Move(Binding? held, MoveSession move, Pool? pool, uint nowSeconds)
    {
        var current = held is { } known && !move.Known.Overrules(known) ? known : move.Known;
        if (!IsMeant(current, move) && !IsGone(current, pool, nowSeconds)) return new(current, current, MustBeAnnounced: true);
        if (pool is null || Other(current, move, pool) is not { } next) return new(held, null, MustBeAnnounced: false);
        var moved = new Binding(move.Session, next.Key, Bound(current.Version) + 1, move.ExpiresAt);
        return new(moved, moved, MustBeAnnounced: true);
    }

    /// <summary>Of what nobody knows there is nothing to evict: a version that would overrule its cookies is not known either.</summary>
    /// <param name="asked">What is known where the operator asked.</param>
    /// <param name="nowSeconds">Unix.</param>
    public static SessionDecision Evict(Binding? held, Binding? asked, uint nowSeconds)
    {
        if (Newest(held, asked) is not { } known || known.IsExpired(nowSeconds)) return new(held, null, MustBeAnnounced: false);
        if (known.IsEvicted) return new(known, known, MustBeAnnounced: false);
        var evicted = known with { Backend = 0, Version = Bound(known.Version) + 1 };
        return new(evicted, evicted, MustBeAnnounced: true);
    }

    public static SessionDecision Find(Binding? held, uint nowSeconds) =>
        new(held, held is { } known && !known.IsExpired(nowSeconds) ? known : null, MustBeAnnounced: false);

    private static SessionDecision Bind(ClaimSession claim, uint version)
    {
        var binding = new Binding(claim.Session, claim.Backend, version, claim.ExpiresAt);
        return new(binding, binding, MustBeAnnounced: true);
    }

    /// <summary>
    /// Whether it is the current binding that the asking node holds for gone; one that is newer was made by somebody who knew as much.
    /// </summary>
    private static bool IsMeant(Binding current, MoveSession move) =>
        current.Backend == move.Backend && (move.IsForced || Bound(current.Version) == Bound(move.Version));

    /// <summary>Where nobody was told of it, it is as if it had been bound there.</summary>
    private static uint Bound(uint version) => Math.Max(1, version);

    private static bool IsGone(Binding current, Pool? pool, uint nowSeconds) =>
        current.IsEvicted || current.IsExpired(nowSeconds) || (pool is not null && IsGone(current.Backend, pool));

    /// <summary>By this node's table; who is not configured any more is gone too.</summary>
    private static bool IsGone(ulong key, Pool pool) =>
        Find(pool, key) is not { } backend || BindingRule.Of(backend.Effective, pool.FailOpen) == BindingFate.Move;

    /// <summary>
    /// Where requests are diverted to meanwhile: not the one it is on, and not the one that the asking node holds for gone unless it is the
    /// only one left.
    /// </summary>
    private static Backend? Other(Binding current, MoveSession move, Pool pool)
    {
        if (Find(pool, move.Wanted) is { } wanted && wanted.Key != current.Backend && pool.Standing.Contains(wanted)) return wanted;
        var tried = default(Tried);
        if (Find(pool, current.Backend) is { } left) tried.Add(left);
        var both = tried;
        if (Find(pool, move.Backend) is { } gone) both.Add(gone);
        return Rendezvous.Pick(move.Session, pool.Standing, both) ?? Rendezvous.Pick(move.Session, pool.Standing, tried);
    }

    private static Backend? Find(Pool pool, ulong key)
    {
        foreach (var member in pool.Members)
        {
            if (member.Key == key) return member;
        }

        return null;
    }
}
