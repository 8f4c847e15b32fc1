using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>
/// Makes its node the one that asks sources for the cluster: goes on from what that node knows, sends everything whole to every node
/// whenever part of it changes, and every second which word is the latest. One in the cluster, on the monitor's node.
/// </summary>
internal sealed class BackendFinderActor : ReceiveActor, IWithTimers
{
    public const string Name = "backend-finder";

    private static readonly TimeSpan s_digest = TimeSpan.FromSeconds(1);

    private readonly BackendDiscovery _discovery;
    private readonly IPeers _peers;
    private readonly ushort _mark;
    private FoundWord _word;

    /// <param name="peers">Who hears.</param>
    /// <param name="mark">Differs from node to node.</param>
    public BackendFinderActor(BackendDiscovery discovery, IPeers peers, ushort mark)
    {
        (_discovery, _peers, _mark) = (discovery, peers, mark);
        _word = new FoundWord(FoundWord.TermAfter(discovery.Latest.Term, mark), 0, discovery.Sets);
        Receive<SetsChanged>(_ => Publish(_word with { Sequence = _word.Sequence + 1, Sets = _discovery.Sets }));
        Receive<Digest>(_ =>
        {
            foreach (var agent in _peers.All) agent.Tell(new FoundDigest(_word.Term, _word.Sequence), Self);
        });
        Receive<PullFound>(_ => SendTo([Sender]));
        // A node that joined has heard a later one.
        Receive<FoundDigest>(later => FoundWord.Compare((later.Term, later.Sequence), _word.Version) > 0,
            later => Publish(_word with { Term = FoundWord.TermAfter(later.Term, _mark), Sequence = 0, Sets = _discovery.Sets }));
        Receive<FoundDigest>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(BackendDiscovery discovery, IPeers peers, ushort mark) =>
        Akka.Actor.Props.Create(() => new BackendFinderActor(discovery, peers, mark));

    protected override void PreStart()
    {
        var self = Self;
        _discovery.AskForItself();
        _discovery.Listen(() => self.Tell(SetsChanged.Instance));
        Publish(_word with { Sets = _discovery.Sets });
        Timers.StartPeriodicTimer(Digest.Instance, Digest.Instance, s_digest);
    }

    protected override void PostStop() => _discovery.Listen(null);

    private void Publish(FoundWord word)
    {
        _word = word;
        SendTo(_peers.All);
    }

    private void SendTo(IReadOnlyList<ICanTell> agents)
    {
        var parts = FoundParts.Split(_word);
        foreach (var agent in agents)
        {
            foreach (var part in parts) agent.Tell(part, Self);
        }
    }

    private sealed class SetsChanged : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly SetsChanged Instance = new();
    }

    private sealed class Digest : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Digest Instance = new();
    }
}
