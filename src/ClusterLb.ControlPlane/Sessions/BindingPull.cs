using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// How a node that starts comes by the bindings that one other has: part after part, asked again for as long as there is no answer. After
/// too long a silence it is waited for no more, since a node that knows no sessions serves better than none. Time comes in.
/// </summary>
/// <param name="began">Monotonic milliseconds.</param>
internal sealed class BindingPull(long began)
{
    /// <summary>Silence for so long, and nobody waits for it.</summary>
    public const long PatienceMilliseconds = 5_000;

    private const long RepeatMilliseconds = 1_000;

    private int _part;
    private long _heardAt = began;
    private long? _askedAt;

    /// <summary>All there is has been told.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Not whole, and nothing was heard for too long.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Looks at the time.</summary>
    /// <returns>The part that is to be asked for; null = none.</returns>
    public int? Next(long now)
    {
        IsSilent = !IsWhole && now - _heardAt >= PatienceMilliseconds;
        if (IsWhole || now - _askedAt < RepeatMilliseconds) return null;
        _askedAt = now;
        return _part;
    }

    /// <returns>The next part to ask for; null = none, or this one is not whole yet.</returns>
    public int? Take(BindingPart part, long now)
    {
        if (IsWhole || part.Part != _part) return null;
        (_heardAt, IsSilent) = (now, false);
        if (!part.IsLast) return null;
        IsWhole = ++_part >= part.Parts;
        _askedAt = now;
        return IsWhole ? null : _part;
    }
}
