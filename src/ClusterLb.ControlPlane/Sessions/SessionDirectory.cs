using Akka.Actor;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// What event loops ask and tell of sessions. Outlives ActorSystems: while there is none, or this node is in no cluster, only the store is
/// asked, and notes wait for the next one.
/// </summary>
public sealed class SessionDirectory(SessionDependencies shared) : ISessionDirectory
{
    private const int MostAsked = 3;

    private static readonly TimeSpan s_repeat = TimeSpan.FromMilliseconds(200);

    /// <summary>What no timer measures; a timer may be early by so much.</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);

    private readonly long _storeKnowsMoreUntil =
        shared.Clock.UtcSeconds + (long)shared.Tables.Current.Pools.Select(pool => pool.Config.Sticky.Ttl.TotalSeconds).DefaultIfEmpty(0)
            .Max();
    private volatile IActorRef? _region;
    private volatile SecondOpinions? _opinions;
    private volatile IActorRef? _exchange;

    internal SessionDependencies Dependencies => shared;

    /// <summary>Called when an ActorSystem begins, in a cluster or not.</summary>
    internal void Begin(IActorRef exchange) => _exchange = exchange;

    /// <summary>
    /// Called when this node has joined. Before, a region would keep messages and deliver them when nobody waits any more.
    /// </summary>
    internal void Open(IActorRef region, SecondOpinions opinions) => (_opinions, _region) = (opinions, region);

    /// <summary>Called when the ActorSystem ends.</summary>
    internal void Close() => _region = _exchange = null;

    /// <summary>
    /// For the longest life of a session since this node began: what the store has of before, and nobody has used since, is over by then.
    /// </summary>
    public bool MayRemember => shared.Store is { IsUp: true } && shared.Clock.UtcSeconds < _storeKnowsMoreUntil;

    public Task<Binding?> RecallAsync(SessionKey session) => shared.Memory.Tally.Claims.Run(() => RecallOffLoopAsync(session));

    public Task<Binding?> ClaimAsync(SessionKey session, Backend candidate) =>
        shared.Memory.Tally.Claims.Run(() => ClaimOffLoopAsync(session, candidate));

    public Task<Binding?> LearnAsync(SessionKey session, Backend served) =>
        shared.Memory.Tally.Claims.Run(() => LearnOffLoopAsync(session, served));

    public Task<Binding?> MoveAsync(Binding known, string pool) =>
        shared.Memory.Tally.Moves.Run(() => MoveOffLoopAsync(known, pool, wanted: 0));

    public Task<Binding?> LeaveAsync(Binding known, string pool, IReadOnlySet<Backend> silent) =>
        shared.Memory.Tally.Leaves.Run(() => LeaveOffLoopAsync(known, pool, silent));

    public void Note(in Binding binding) => shared.Memory.Notes.Add(new BindingNote(binding, IsStored: false));

    private async Task<Binding?> RecallOffLoopAsync(SessionKey session)
    {
        if (shared.Store is not { } store) return null;
        if (await store.FindAsync(session, shared.Config.LookupTimeout) is not { Session.IsNone: false, IsEvicted: false } found)
            return null;
        if (found.IsExpired(shared.Clock.UtcSeconds)) return null;
        shared.Memory.Tally.ClaimedByStore();
        return Know(new BindingNote(found, IsStored: true));
    }

    private async Task<Binding?> ClaimOffLoopAsync(SessionKey session, Backend candidate)
    {
        var (began, budget) = (shared.Clock.Provider.GetTimestamp(), shared.Config.LookupTimeout);
        var claim = ClaimOf(session, candidate);
        if (await ClaimOfStoreAsync(claim, budget) is { } stored) return stored;
        return await ClaimOfActorAsync(claim, budget - shared.Clock.Provider.GetElapsedTime(began));
    }

    /// <summary>
    /// On a session that an application has just made nobody else has an opinion: the node that served it tells every other itself, and has
    /// the word of all that live. Its actor may be on a node that has just died.
    /// </summary>
    private async Task<Binding?> LearnOffLoopAsync(SessionKey session, Backend served)
    {
        var isKnown = shared.Memory.Bindings.TryGet(session, 0, out var known);
        if (isKnown && known is { IsEvicted: false, IsLocal: false } && !known.IsExpired(shared.Clock.UtcSeconds)) return known;
        if (_exchange is not { } exchange) return null;
        var learned = new Binding(session, served.Key, isKnown ? known.Version + 1 : 1, ExpiryIn(served.Pool));
        var told = await AskOnceAsync<BindingAnnounced>(exchange, new AnnounceBinding(learned), shared.Config.LearnTimeout);
        return told is null ? null : shared.Memory.Bindings.Put(learned, shared.Clock.UtcSeconds);
    }

    private async Task<Binding?> ClaimOfStoreAsync(Binding claim, TimeSpan budget)
    {
        if (shared.Store is not { IsUp: true } store || await store.ClaimAsync(claim, budget) is not { IsEvicted: false } stored)
            return null;
        if (stored.IsExpired(shared.Clock.UtcSeconds)) return null;
        shared.Memory.Tally.ClaimedByStore();
        return Know(new BindingNote(stored, IsStored: true));
    }

    private async Task<Binding?> ClaimOfActorAsync(Binding claim, TimeSpan budget)
    {
        var answer = await AskAsync(new ClaimSession(claim.Session, claim.Backend, claim.ExpiresAt), budget);
        shared.Memory.Tally.ClaimedByActor(answer is not null);
        if (answer is not { } bound) return null;
        // What was bound just now is known everywhere already.
        return bound == claim ? shared.Memory.Bindings.Put(bound, shared.Clock.UtcSeconds) : Know(new BindingNote(bound, IsStored: false));
    }

    private Binding ClaimOf(SessionKey session, Backend backend) => new(session, backend.Key, 1, ExpiryIn(backend.Pool));

    private async Task<Binding?> MoveOffLoopAsync(Binding known, string pool, ulong wanted)
    {
        var move = new MoveSession(known.Session, pool, known.Backend, known.Version, ExpiryIn(pool), IsForced: false) { Wanted = wanted };
        var answer = await AskAsync(move, shared.Config.MoveTimeout);
        shared.Memory.Tally.Moved(answer is not null);
        return answer is { } bound ? shared.Memory.Bindings.Put(bound, shared.Clock.UtcSeconds) : null;
    }

    /// <summary>
    /// Not without a second opinion: what is slow for one request may be well, and who reaches nobody must not move everybody.
    /// </summary>
    private async Task<Binding?> LeaveOffLoopAsync(Binding known, string pool, IReadOnlySet<Backend> silent)
    {
        if (_opinions is not { } opinions || shared.Tables.Current.Find(pool) is not { } found) return null;
        if (found.Find(known.Backend) is not { } mute) return null;
        var others = Rendezvous.Rank(known.Session, found.Standing).Where(backend => backend != mute).ToList();
        // When nobody at all was heard, it may be nothing but a slow request on a quiet or busy machine.
        if (!found.Config.Health.TellsFrozen() && others.TrueForAll(silent.Contains)) return null;
        if (await opinions.IsWellAsync(mute, found.Config.Health)) return null;
        // Those that were heard first, and few, for each may cost a check's timeout.
        foreach (var other in others.OrderBy(silent.Contains).Take(MostAsked))
        {
            if (await opinions.AnswersAsync(other, found.Config.Health)) return await MoveOffLoopAsync(known, pool, other.Key);
        }

        return null;
    }

    /// <summary>Here at once, everywhere else with the next round.</summary>
    private Binding Know(in BindingNote note)
    {
        var counts = shared.Memory.Bindings.Put(note.Binding, shared.Clock.UtcSeconds);
        shared.Memory.Notes.Add(note);
        return counts;
    }

    private uint ExpiryIn(string pool)
    {
        var ttl = shared.Tables.Current.Find(pool)?.Config.Sticky.Ttl ?? TimeSpan.Zero;
        return shared.Clock.UtcSeconds + (uint)Math.Max(1, ttl.TotalSeconds);
    }

    /// <summary>
    /// What arrives at a shard while it is handed over to another node is lost now and then (akka.net #8501), so it is asked again; to be
    /// asked twice changes nothing.
    /// </summary>
    private async Task<Binding?> AskAsync(ISessionMessage message, TimeSpan budget)
    {
        var began = shared.Clock.Provider.GetTimestamp();
        for (var left = budget; left >= s_least; left = budget - shared.Clock.Provider.GetElapsedTime(began))
        {
            if (_region is not { } region) return null;
            if (await AskOnceAsync<SessionBound>(region, message, left < s_repeat ? left : s_repeat) is { } answer) return answer.Binding;
        }

        return null;
    }

    private async Task<T?> AskOnceAsync<T>(IActorRef whom, object message, TimeSpan budget)
        where T : class
    {
        // Not Akka's own timeout, whose timers may be late by 100 ms.
        using var patience = new CancellationTokenSource(budget, shared.Clock.Provider);
        try
        {
            return await whom.Ask<T>(message, Timeout.InfiniteTimeSpan, patience.Token);
        }
        catch (Exception)
        {
            // Too late, or the ActorSystem ends: whatever it was, nobody has answered, and it is counted so.
            return null;
        }
    }
}
