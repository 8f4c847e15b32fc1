using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// How a node that starts comes by the bindings that one other has: part after part, asked again when there is no answer, and given up when there is none for too long, since a
/// node that knows no sessions serves better than none. Time comes in.
/// </summary>
/// <param name="began">Monotonic milliseconds.</param>
internal sealed class BindingPull(long began)
{
    /// <summary>Silence for so long ends it.</summary>
    public const long PatienceMilliseconds = 5_000;

    private const long RepeatMilliseconds = 1_000;

    private int _part;
    private long _heardAt = began;
    private long? _askedAt;

    public bool IsDone { get; private set; }

    /// <summary>Looks at the time.</summary>
    /// <returns>The part that is to be asked for; null = none.</returns>
    public int? Next(long now)
    {
        IsDone |= now - _heardAt >= PatienceMilliseconds;
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
