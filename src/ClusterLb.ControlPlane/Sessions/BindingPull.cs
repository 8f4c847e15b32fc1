using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// How a node that starts comes by the bindings that the others have: part after part from one peer, asked again when there is no answer, and given up when there is
/// none for too long, since a node that knows no sessions serves better than none. Time comes in.
/// </summary>
internal sealed class BindingPull
{
    /// <summary>Silence for so long ends it.</summary>
    public const long PatienceMilliseconds = 5_000;

    private const long RepeatMilliseconds = 1_000;

    private int _part;
    private long? _heardAt;
    private long? _askedAt;

    public bool IsDone { get; private set; }

    /// <summary>Looks at the time and at who is there.</summary>
    /// <returns>The part that the oldest peer is to be asked for; null = none.</returns>
    public int? Next(MembershipPhase phase, long now)
    {
        // Not before all know of this node: what is bound in between would be neither in a part nor told.
        if (IsDone || phase is MembershipPhase.Outside or MembershipPhase.Arriving) return null;
        _heardAt ??= now;
        IsDone = phase == MembershipPhase.Alone || now - _heardAt >= PatienceMilliseconds;
        if (IsDone || now - _askedAt < RepeatMilliseconds) return null;
        _askedAt = now;
        return _part;
    }

    /// <returns>The next part to ask for; null = none, or this one is not whole yet.</returns>
    public int? Take(BindingPart part, long now)
    {
        if (IsDone || part.Part != _part) return null;
        _heardAt = now;
        if (!part.IsLast) return null;
        IsDone = ++_part >= part.Parts;
        _askedAt = now;
        return IsDone ? null : _part;
    }
}
