using Akka.Hosting;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Time;
using Cluster = Akka.Cluster.Cluster;

namespace ClusterLb.ControlPlane.Commands;

/// <summary>What operators ask for and want to see of sessions, through this node. Any thread.</summary>
public sealed class SessionCommands
{
    private readonly RunningSystem _running;
    private readonly MembershipMemory _members;
    private readonly SessionMemory _memory;
    private readonly Clock _clock;

    /// <param name="running">Whose actors are asked.</param>
    /// <param name="members">Who is there.</param>
    /// <param name="memory">What this node knows of sessions.</param>
    internal SessionCommands(RunningSystem running, MembershipMemory members, SessionMemory memory, Clock clock) =>
        (_running, _members, _memory, _clock) = (running, members, memory, clock);

    /// <summary>How many sessions each backend has.</summary>
    public BoundCounts Bound => _memory.Bound;

    /// <summary>How many each backend has lost.</summary>
    public SessionDepartures Departures => _memory.Bindings.Departures;

    public SessionCounts Counts => _memory.Counts;

    /// <summary>The last evacuation that this node has done or is doing; null = none.</summary>
    public EvacuationProgress? Evacuation => _memory.Evacuation;

    /// <summary>
    /// Sessions from this node's table: all of the cluster that were told to everybody, and those that this node has met.
    /// </summary>
    /// <param name="backends">Only those bound to one with such a key; null = all.</param>
    /// <param name="limit">The most to list.</param>
    public IReadOnlyList<Binding> List(IReadOnlySet<ulong>? backends, int limit) =>
        SessionList.Read(_memory.Bindings, backends, limit, _clock.UtcSeconds);

    /// <summary>Where a session is, as its actor or this node knows; null = nowhere. One that was evicted is bound to no backend.</summary>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public async Task<Binding?> FindAsync(SessionKey session, TimeSpan timeout)
    {
        var answer = await AskActorAsync(new FindSession(session), timeout);
        return SessionDecision.Newest(answer.Binding, Known(session));
    }

    /// <summary>Forgets where a session is, on every node and whatever its cookie says: its next request begins anew.</summary>
    /// <param name="said">What its cookie says, when it is named by that.</param>
    /// <param name="timeout">For the answer.</param>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public async Task<EvictionAnswer> EvictAsync(SessionKey session, Binding? said, TimeSpan timeout)
    {
        if (_running.Current is { } system && Quorum.Refusal(Cluster.Get(system), _members) is { Length: > 0 } refusal)
            return new EvictionAnswer(IsEvicted: false, refusal);
        var answer = await AskActorAsync(new EvictSession(session, SessionDecision.Newest(Known(session), said)), timeout);
        return new EvictionAnswer(answer.Binding is not null, "");
    }

    /// <summary>
    /// Moves the sessions of a backend that drains or is in maintenance, so many a second; <see cref="Evacuation"/> says how far it is.
    /// </summary>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public Task<EvacuationAnswer> EvacuateAsync(string backend, int perSecond, TimeSpan timeout) =>
        _running.AskAsync<EvacuationAnswer>(
            system => ActorRegistry.For(system).Get<EvacuationActor>(), new EvacuateBackend(backend, perSecond), timeout);

    private Binding? Known(SessionKey session) => _memory.Bindings.TryGet(session, _clock.UtcSeconds, out var known) ? known : null;

    private Task<SessionBound> AskActorAsync(ISessionMessage message, TimeSpan timeout) =>
        _running.AskAsync<SessionBound>(system => ActorRegistry.For(system).Get<SessionActor>(), message, timeout);
}
