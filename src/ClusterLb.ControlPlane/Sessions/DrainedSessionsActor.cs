using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Has the sessions moved of backends whose drain is to move them. Every node looks, and the one that is to do it acts: when that one is
/// gone, the next goes on, for what is wanted is in the intent that all of them have.
/// </summary>
internal sealed class DrainedSessionsActor : ReceiveActor, IWithTimers
{
    /// <summary>Sessions a second: as an evacuation without a rate.</summary>
    private const int PerSecond = 100_000;

    /// <summary>An evacuation that is over although sessions are left could not move them just now.</summary>
    private const long RepeatMilliseconds = 5_000;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private readonly SessionDependencies _shared;
    private readonly IReadOnlyDictionary<string, AdminIntent> _intents;
    private readonly IActorRef _evacuation;
    private readonly Func<bool> _isOwner;
    private readonly Dictionary<string, long> _askedAt = [];
    private string _asked = "";

    /// <param name="intents">What operators want, by backend id.</param>
    /// <param name="isOwner">Whether it is this node that acts for the cluster.</param>
    public DrainedSessionsActor(
        SessionDependencies shared, IReadOnlyDictionary<string, AdminIntent> intents, IActorRef evacuation, Func<bool> isOwner)
    {
        (_shared, _intents, _evacuation, _isOwner) = (shared, intents, evacuation, isOwner);
        Receive<Look>(_ => LookAround());
        // Refused: the backend has not heard of its drain yet, or another one is being evacuated.
        Receive<EvacuationAnswer>(answer => answer.Refusal.Length > 0, _ => _askedAt.Remove(_asked));
        Receive<EvacuationAnswer>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, s_look);

    private void LookAround()
    {
        var now = _shared.Clock.NowMilliseconds;
        var due = _intents.Values.Where(intent => intent is { MovesSessions: true, State: AdminState.Draining })
            .OrderBy(intent => intent.SinceUtcMilliseconds).ThenBy(intent => intent.Backend, StringComparer.Ordinal)
            .FirstOrDefault(intent => IsDue(intent.Backend, now));
        if (due is null || !_isOwner()) return;
        (_asked, _askedAt[due.Backend]) = (due.Backend, now);
        _evacuation.Tell(new EvacuateBackend(due.Backend, PerSecond), Self);
    }

    private bool IsDue(string id, long now)
    {
        if (_askedAt.TryGetValue(id, out var at) && now - at < RepeatMilliseconds) return false;
        if (_shared.Tables.Current.FindBackend(id) is not { } found || found.Pool.Config.Sticky.By == StickyBy.None) return false;
        return _shared.Memory.Bound.Of(found.Backend) > 0;
    }

    private sealed class Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Look Instance = new();
    }
}
