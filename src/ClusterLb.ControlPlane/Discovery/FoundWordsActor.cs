using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>
/// Hears, on every node, what the node that asks for the cluster has found; while nobody is heard, this node asks for itself.
/// </summary>
internal sealed class FoundWordsActor : ReceiveActor, IWithTimers
{
    /// <summary>Five digests of a second each, as with verdicts.</summary>
    public const long PatienceMilliseconds = 5_000;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly BackendDiscovery _discovery;
    private readonly Clock _clock;
    private readonly FoundAssembler _assembler = new();
    private long _heardAt;

    public FoundWordsActor(BackendDiscovery discovery, Clock clock)
    {
        (_discovery, _clock, _heardAt) = (discovery, clock, clock.NowMilliseconds);
        Receive<FoundPart>(Take);
        Receive<FoundDigest>(Take);
        Receive<Look>(_ =>
        {
            if (_clock.NowMilliseconds - _heardAt >= PatienceMilliseconds) _discovery.AskForItself();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, s_look);

    private void Take(FoundPart part)
    {
        if (FoundWord.Compare((part.Term, part.Sequence), _discovery.Latest.Version) <= 0) return;
        if (_assembler.Add(part) is not { } whole) return;
        _heardAt = _clock.NowMilliseconds;
        _discovery.Hear(whole, isOwn: IsHere);
    }

    private void Take(FoundDigest digest)
    {
        var order = FoundWord.Compare((digest.Term, digest.Sequence), _discovery.Latest.Version);
        if (order < 0)
        {
            // It began without this node's word, or another has followed it: it must go above.
            Sender.Tell(new FoundDigest(_discovery.Latest.Term, _discovery.Latest.Sequence));
            return;
        }

        _heardAt = _clock.NowMilliseconds;
        if (order > 0) Sender.Tell(new PullFound());
        else _discovery.Hear(_discovery.Latest, isOwn: IsHere);
    }

    private bool IsHere => Sender.Path.Address.HasLocalScope;

    private sealed class Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Look Instance = new();
    }
}
