using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// From whom a node that starts pulls bindings: from everybody it can talk to, since one who is in no cluster, or in one that falls apart, may be the last to know; and once all
/// members know this node, from the oldest again, for what was bound meanwhile by members it had not met. It goes on until then, however late others appear. Time comes in.
/// </summary>
internal sealed class BindingPulls
{
    /// <summary>A node that is in no cluster for so long serves with what those told whom it has met.</summary>
    public const long PatienceMilliseconds = 5_000;

    private readonly Dictionary<string, BindingPull> _bySource = [];
    private string? _oldest;
    private long? _beganAt;

    /// <summary>Everybody who was there has told all, or has said nothing for too long, or is gone; and the members of its cluster know this node, or it was in none for long: it may serve.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>As <see cref="IsEnough"/>, and it is in a cluster: whoever appears from now on has to pull itself.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Looks at the time and at who is there.</summary>
    /// <param name="phase">Of this node.</param>
    /// <param name="hasLookedAround">Nobody is to be met any more.</param>
    /// <param name="others">Whom it can talk to; members first, oldest first.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <returns>Who is to be asked for which part.</returns>
    public IReadOnlyList<(SessionPeer Peer, int Part)> Next(MembershipPhase phase, bool hasLookedAround, IReadOnlyList<SessionPeer> others, long now)
    {
        if (IsDone) return [];
        _beganAt ??= now;
        Follow(phase, others, now);
        var due = new List<(SessionPeer, int)>();
        foreach (var peer in others)
        {
            if (_bySource[peer.Node].Next(now) is { } part) due.Add((peer, part));
        }

        var hasAll = hasLookedAround && _bySource.Values.All(pull => pull.IsDone);
        IsDone = hasAll && (phase == MembershipPhase.Alone || (phase == MembershipPhase.Known && others.Count > 0));
        IsEnough |= IsDone || (hasAll && now - _beganAt >= PatienceMilliseconds);
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
