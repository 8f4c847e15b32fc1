using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// How far one peer is told: batches on their way, bindings that wait, and, when it fell behind, how much of everything it has been told
/// anew. Time and numbers come in; whoever sends sends what <see cref="Next"/> says. Telling something twice does no harm, so what is lost
/// needs no other remedy than to begin again.
/// </summary>
internal sealed class PeerLink
{
    /// <summary>Batches on their way to a peer that keeps up.</summary>
    public const int Window = 64;

    /// <summary>While everything is told anew: what is urgent shares the connection and must not wait for long.</summary>
    public const int TransferWindow = 8;

    /// <summary>Bindings; 24 bytes each.</summary>
    public const int MostWaiting = 200_000;

    /// <summary>Whoever has not confirmed a batch within this has lost it, or more.</summary>
    public const long PatienceMilliseconds = 2_000;

    private readonly Queue<Binding> _waiting = new();
    private readonly Dictionary<long, long> _sentAt = [];
    private readonly Queue<Binding> _rest = new();
    private int _part = BindingTable.Parts;
    private int _window = Window;
    private long? _silentSince;

    /// <param name="isBehind">It must be told everything there is, first.</param>
    public PeerLink(SessionPeer peer, bool isBehind)
    {
        Peer = peer;
        if (isBehind) BeginAnew();
    }

    public SessionPeer Peer { get; }

    /// <summary>It has all there is and has confirmed it.</summary>
    public bool IsIdle => _sentAt.Count == 0 && _waiting.Count == 0 && !IsBehind;

    public bool IsBehind => _part < BindingTable.Parts || _rest.Count > 0;

    /// <summary>Batches on their way.</summary>
    public IReadOnlyCollection<long> Unconfirmed => _sentAt.Keys;

    /// <summary>Something is on its way to it, and it says nothing for longer than anybody waits.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="patience">Milliseconds.</param>
    public bool IsSilent(long now, long patience) => now - _silentSince >= patience;

    /// <summary>To be told, in the next batches. They are in the table already.</summary>
    /// <returns>False when that was too much, and everything is told anew instead.</returns>
    public bool Add(IReadOnlyCollection<BindingNote> notes)
    {
        var fits = _waiting.Count + notes.Count <= MostWaiting;
        if (!fits) BeginAnew();
        else foreach (var note in notes) _waiting.Enqueue(note.Binding);
        return fits;
    }

    /// <summary>Looks at the time.</summary>
    /// <returns>False when a batch is not confirmed for too long, and everything is told anew.</returns>
    public bool KeepsUp(long now)
    {
        var isLate = _sentAt.Values.Any(sent => now - sent > PatienceMilliseconds);
        if (isLate) BeginAnew();
        return !isLate;
    }

    /// <summary>What to send now; empty when there is nothing, or too much is on its way already.</summary>
    public IReadOnlyList<Binding> Next(BindingTable table)
    {
        if (_sentAt.Count >= _window) return [];
        if (!IsBehind) return TakeFrom(_waiting);
        while (_rest.Count < BindingBatch.Most && _part < BindingTable.Parts)
        {
            foreach (var binding in table.ReadTold(_part++)) _rest.Enqueue(binding);
        }

        var next = TakeFrom(_rest);
        if (!IsBehind) _window = Window;
        // The table may have been empty.
        return next.Count > 0 ? next : TakeFrom(_waiting);
    }

    public void Sent(long number, long now)
    {
        _sentAt[number] = now;
        _silentSince ??= now;
    }

    /// <summary>False when it is none of its batches, or one from before everything was told anew.</summary>
    public bool Confirm(long number, long now)
    {
        if (!_sentAt.Remove(number)) return false;
        _silentSince = _sentAt.Count > 0 ? now : null;
        if (IsBehind) _window = TransferWindow;
        return true;
    }

    /// <summary>One batch at first: who does not answer that one gets no more than it every two seconds.</summary>
    private void BeginAnew()
    {
        _waiting.Clear();
        _sentAt.Clear();
        _rest.Clear();
        (_part, _window) = (0, 1);
    }

    private static List<Binding> TakeFrom(Queue<Binding> queue)
    {
        var taken = new List<Binding>(Math.Min(queue.Count, BindingBatch.Most));
        while (taken.Count < BindingBatch.Most && queue.TryDequeue(out var binding)) taken.Add(binding);
        return taken;
    }
}
