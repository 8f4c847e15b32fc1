using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Keeps the tables of all nodes the same: what is bound here goes into this node's table, the store and every peer's table, and back.
/// Rounds of 20 ms gather what event loops say; what a session's actor decided is told at once, and the actor hears when all have it.
/// </summary>
internal sealed class SessionExchangeActor : ReceiveActor, IWithTimers
{
    public const string Name = "session-exchange";

    /// <summary>On the process's timers: Akka's wheel turns every 50 ms only. An idle node has no rounds.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan s_pull = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(30);

    private readonly SessionMemory _memory;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly Func<bool> _hasLookedAround;
    private readonly IBindingStore? _store;
    private readonly ISessionPeers _peers;
    private readonly BindingTable _table;
    private readonly long _patience;
    private readonly Dictionary<string, PeerLink> _links = [];
    private readonly HashSet<string> _known = [];
    private readonly Announcements _announcements;
    private readonly List<Asker> _urgent = [];
    private readonly List<BindingNote> _notes = [];
    private readonly List<BindingNote> _told = [];
    private readonly BindingPulls _pulls = new();
    private long _number;
    private bool _isRoundDue;

    public SessionExchangeActor(SessionDependencies shared, Func<bool> hasLookedAround, ISessionPeers peers)
    {
        (_memory, _, _tables, _clock, _store) = shared;
        (_hasLookedAround, _peers, _table) = (hasLookedAround, peers, _memory.Bindings);
        _announcements = new Announcements(_patience = (long)Announcements.PatienceOf(shared.Config).TotalMilliseconds);
        // Confirmations for an actor before this one, of the same node, must not be taken for others.
        _number = _clock.UtcMilliseconds << 20;
        Receive<NotesWait>(_ => ScheduleRound());
        Receive<RoundIsDue>(_ => GoRound());
        Receive<AnnounceBinding>(Announce);
        Receive<Flush>(_ => TellUrgentUnlessWaiting());
        Receive<BindingBatch>(Take);
        Receive<BindingBatchTaken>(taken => Confirm(taken.Number));
        Receive<PullBindings>(pull => Tell(pull.Part));
        Receive<BindingPart>(Take);
        Receive<PullIsDue>(_ => Pull());
        Receive<Look>(_ => LookAround());
        Receive<Sweep>(_ => _table.Sweep(_clock.UtcSeconds));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var self = Self;
        _memory.Notes.Subscribe(() => self.Tell(NotesWait.Instance));
        // Those that wait already announced themselves to nobody.
        ScheduleRound();
        self.Tell(PullIsDue.Instance);
        Timers.StartPeriodicTimer(PullIsDue.Instance, PullIsDue.Instance, s_pull);
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, s_look);
        Timers.StartPeriodicTimer(Sweep.Instance, Sweep.Instance, s_sweep);
    }

    protected override void PostStop() => _memory.Notes.Subscribe(null);

    private void ScheduleRound()
    {
        if (_isRoundDue) return;
        _isRoundDue = true;
        Task.Delay(Round, _clock.Provider).PipeTo(Self, success: () => RoundIsDue.Instance);
    }

    private void GoRound()
    {
        _isRoundDue = false;
        FollowPeers();
        TellUrgent();
        TakeNotes();
        var now = _clock.NowMilliseconds;
        foreach (var link in _links.Values)
        {
            if (!link.KeepsUp(now)) _memory.Tally.FellBehind();
            for (var next = link.Next(_table); next.Count > 0; next = link.Next(_table)) Send(link, next.ToEquatableList(), now);
        }

        var late = _announcements.Expire(now);
        _memory.Tally.Unconfirmed(late.Count);
        Answer(late);
        if (_announcements.Any || _links.Values.Any(link => !link.IsIdle)) ScheduleRound();
    }

    private void TakeNotes()
    {
        _notes.Clear();
        _told.Clear();
        _memory.Notes.Take(_notes);
        foreach (var note in _notes)
        {
            if (Keep(note) is { } told) _told.Add(told);
        }

        foreach (var link in _links.Values)
        {
            if (!link.Add(_told)) _memory.Tally.FellBehind();
        }
    }

    /// <summary>Takes one into the table and the store. A loop may have left to the hash what is about to be elsewhere.</summary>
    /// <returns>What peers are to know; null = nothing.</returns>
    private BindingNote? Keep(BindingNote note)
    {
        var known = note.Binding.IsLocal ? LocalSessions.ToTell(note.Binding, _tables.Current, _clock.NowMilliseconds) : null;
        note = note with { Binding = known ?? note.Binding };
        _table.Put(note.Binding, _clock.UtcSeconds);
        if (note.Binding.IsLocal) return null;
        if (!note.IsStored) _store?.Put(note.Binding);
        return note;
    }

    private void Announce(AnnounceBinding announce)
    {
        _table.Put(announce.Binding, _clock.UtcSeconds);
        _store?.Put(announce.Binding);
        _urgent.Add(new Asker(Sender, announce.Binding));
        // Behind whatever else is in the mailbox: a backend that dies moves thousands of sessions, which then share batches.
        if (_urgent.Count == 1) Self.Tell(Flush.Instance);
        else if (_urgent.Count == BindingBatch.Most) TellUrgent();
    }

    /// <summary>What comes while one batch is on its way shares the next, but waits no longer than for a round.</summary>
    private void TellUrgentUnlessWaiting()
    {
        if (!_announcements.Any) TellUrgent();
    }

    private void TellUrgent()
    {
        if (_urgent.Count == 0) return;
        FollowPeers();
        var (bindings, askers, now) = (_urgent.Select(one => one.Binding).ToEquatableList(), _urgent.ToList(), _clock.NowMilliseconds);
        _urgent.Clear();
        var heard = new List<long>();
        foreach (var link in _links.Values)
        {
            var isSilent = link.IsSilent(now, _patience);
            var number = Send(link, bindings, now);
            if (isSilent) _memory.Tally.Unconfirmed(askers.Count);
            else heard.Add(number);
        }

        if (heard.Count == 0) Answer(askers);
        else _announcements.Add(askers, heard, now);
        if (_links.Count > 0) ScheduleRound();
    }

    private long Send(PeerLink link, EquatableList<Binding> bindings, long now)
    {
        var number = ++_number;
        link.Sent(number, now);
        link.Peer.Exchange.Tell(new BindingBatch(number, bindings), Self);
        return number;
    }

    private void Take(BindingBatch batch)
    {
        Put(batch.Bindings);
        Sender.Tell(new BindingBatchTaken(batch.Number));
    }

    private void Put(EquatableList<Binding> bindings)
    {
        var now = _clock.UtcSeconds;
        foreach (ref readonly var binding in bindings.AsSpan()) _table.Put(binding, now);
    }

    private void Confirm(long number)
    {
        foreach (var link in _links.Values)
        {
            if (link.Confirm(number, _clock.NowMilliseconds)) break;
        }

        Answer(_announcements.Confirm(number));
        TellUrgentUnlessWaiting();
    }

    /// <summary>Who can no longer be reached is not waited for; when it is back, the same one, it has missed something.</summary>
    private void FollowPeers()
    {
        var others = _peers.Others;
        foreach (var gone in _links.Keys.Where(node => others.All(peer => peer.Node != node)).ToList())
        {
            _links.Remove(gone, out var link);
            foreach (var number in link!.Unconfirmed) Answer(_announcements.Confirm(number));
        }

        foreach (var peer in others)
        {
            if (_links.ContainsKey(peer.Node)) continue;
            // While this node has not come to know all members, what it bound alone before is known to nobody else.
            var isBehind = !_known.Add(peer.Node) || (!_pulls.IsComplete && _table.Count > 0);
            _links[peer.Node] = new PeerLink(peer, isBehind);
            if (isBehind) ScheduleRound();
        }
    }

    private void Pull()
    {
        // While this is not complete yet, they count as met at the start.
        FollowPeers();
        var due = _pulls.Next(_peers.Phase, _hasLookedAround(), _peers.Others, _clock.NowMilliseconds);
        foreach (var (peer, part) in due) peer.Exchange.Tell(new PullBindings(part), Self);
        EndPull();
    }

    private void Take(BindingPart part)
    {
        Put(part.Bindings);
        var path = Sender.Path;
        var source = _peers.Others.FirstOrDefault(peer => peer.Exchange.Path.Equals(path));
        var next = source is null ? null : _pulls.Take(source.Node, part, _clock.NowMilliseconds);
        if (next is not null) Sender.Tell(new PullBindings(next.Value));
        else if (part.IsLast) Pull();
    }

    /// <summary>What is left to ask for then has time.</summary>
    private void EndPull()
    {
        if (!_pulls.IsDone) return;
        _memory.IsKnown = true;
        Timers.Cancel(PullIsDue.Instance);
    }

    private void LookAround()
    {
        if (_pulls.IsComplete) FollowPeers();
        else Pull();
    }

    private void Tell(int part)
    {
        var bindings = part >= 0 && part < BindingTable.Parts ? _table.ReadTold(part) : [];
        var last = Math.Max(0, (bindings.Count - 1) / BindingBatch.Most);
        for (var i = 0; i <= last; i++)
        {
            var batch = bindings.Skip(i * BindingBatch.Most).Take(BindingBatch.Most).ToEquatableList();
            Sender.Tell(new BindingPart(part, BindingTable.Parts, i == last, batch));
        }
    }

    private static void Answer(IReadOnlyList<Asker> askers)
    {
        foreach (var asker in askers) asker.Ref.Tell(new BindingAnnounced(asker.Binding));
    }

    private sealed class NotesWait : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly NotesWait Instance = new();
    }

    private sealed class RoundIsDue : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly RoundIsDue Instance = new();
    }

    private sealed class Flush : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Flush Instance = new();
    }

    private sealed class PullIsDue : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly PullIsDue Instance = new();
    }

    private sealed class Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Look Instance = new();
    }

    private sealed class Sweep : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Sweep Instance = new();
    }
}
