using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

/// <summary>
/// A backend's latest failures, of constant size: what is certain counts each time, what a client may have provoked counts once per client,
/// and what one client alone has seen never suffices (decision 0021). Owned by its pool's writers; not thread-safe.
/// </summary>
internal sealed class FailureWindow(PassiveConfig config)
{
    // Two voices are the least that suspicion needs, however low the threshold.
    private readonly Failure[] _latest = new Failure[Math.Max(config.Failures, 2)];
    private readonly long _windowMilliseconds = (long)config.Window.TotalMilliseconds;
    private int _count;

    /// <summary>A success would refute something.</summary>
    public bool HasSuspicions { get; private set; }

    /// <summary>Notes what the backend alone can have caused; true when it suffices, with what lies within the window.</summary>
    public bool Add(long nowMilliseconds) => Add(new Failure(nowMilliseconds, Client: null));

    /// <summary>Notes what this client may have provoked; true when it suffices, with what lies within the window.</summary>
    public bool Suspect(ulong client, long nowMilliseconds) => Add(new Failure(nowMilliseconds, client));

    /// <summary>Somebody was served: what was only suspected is refuted.</summary>
    public void Refute()
    {
        if (!HasSuspicions) return;
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (_latest[i].IsCertain) _latest[kept++] = _latest[i];
        }

        (_count, HasSuspicions) = (kept, false);
    }

    public void Clear() => (_count, HasSuspicions) = (0, false);

    private bool Add(Failure failure)
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            var earlier = _latest[i];
            if (failure.At - earlier.At >= _windowMilliseconds || (!failure.IsCertain && earlier.Client == failure.Client)) continue;
            _latest[kept++] = earlier;
        }

        if (kept == _latest.Length) _latest.AsSpan(1, --kept).CopyTo(_latest);
        _latest[kept++] = failure;
        _count = kept;
        HasSuspicions |= !failure.IsCertain;
        return kept >= config.Failures && (failure.IsCertain || kept > 1);
    }

    /// <param name="At">Monotonic milliseconds.</param>
    /// <param name="Client">Who may have provoked it; null = nobody can have.</param>
    private readonly record struct Failure(long At, ulong? Client)
    {
        public bool IsCertain => Client is null;
    }
}
