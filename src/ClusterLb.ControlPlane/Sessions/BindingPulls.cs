using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// From whom a node that starts pulls bindings: from everybody it can talk to, since one who is in no cluster, or in one that falls apart,
/// may be the last to know; and once all members know this node, from the oldest again, for what was bound meanwhile by members it had not
/// met. Clients wait for a time only; whoever was silent, or came later, is asked all the same, for nobody tells it of old sessions
/// unasked. Time comes in.
/// </summary>
internal sealed class BindingPulls
{
    /// <summary>A node that is in no cluster for so long serves with what those told whom it has met.</summary>
    public const long PatienceMilliseconds = 5_000;

    private readonly Dictionary<string, BindingPull> _bySource = [];
    private string? _oldest;
    private long? _beganAt;

    /// <summary>Clients need not wait: everybody who was there has told all, or has said nothing for too long, or is gone.</summary>
    public bool IsDone { get; private set; }

    /// <summary>All members know this node, and all have told it everything: nobody is asked any more.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Looks at the time and at who is there.</summary>
    /// <param name="hasLookedAround">Nobody is to be met any more.</param>
    /// <param name="others">Whom it can talk to; members first, oldest first.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <returns>Who is to be asked for which part.</returns>
    public IReadOnlyList<(SessionPeer Peer, int Part)> Next(MembershipPhase phase, bool hasLookedAround, IReadOnlyList<SessionPeer> others,
        long now)
    {
        if (IsComplete) return [];
        _beganAt ??= now;
        Follow(phase, others, now);
        var due = new List<(SessionPeer, int)>();
        foreach (var peer in others)
        {
            if (_bySource[peer.Node].Next(now) is { } part) due.Add((peer, part));
        }

        var isSettled = phase == MembershipPhase.Alone || (phase == MembershipPhase.Known && others.Count > 0);
        IsComplete = isSettled && hasLookedAround && _bySource.Values.All(pull => pull.IsWhole);
        IsDone |= (isSettled || now - _beganAt >= PatienceMilliseconds) && hasLookedAround
            && _bySource.Values.All(pull => pull.IsWhole || pull.IsSilent);
        return due;
    }

    /// <returns>The next part to ask this peer for; null = none, or this one is not whole yet.</returns>
    public int? Take(string node, BindingPart part, long now) => _bySource.GetValueOrDefault(node)?.Take(part, now);

    private void Follow(MembershipPhase phase, IReadOnlyList<SessionPeer> others, long now)
    {
        foreach (var gone in _bySource.Keys.Where(node => others.All(peer => peer.Node != node)).ToList()) _bySource.Remove(gone);
        foreach (var peer in others) _bySource.TryAdd(peer.Node, new BindingPull(now));
        if (phase != MembershipPhase.Known || others.Count == 0 || (_oldest is not null && _bySource.ContainsKey(_oldest))) return;
        _oldest = others[0].Node;
        _bySource[_oldest] = new BindingPull(now);
    }
}
