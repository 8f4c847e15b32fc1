namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// What the loops of a node share about a pool's waiting requests: how many there are, and which loops have some. Touched only when
/// every backend is full; a lease that is returned costs one read here.
/// </summary>
internal sealed class PoolQueue(int maxLength)
{
    private readonly object _gate = new();
    private LoopPool[] _members = [];
    private int _waiting;

    public int Waiting => Volatile.Read(ref _waiting);

    public void Join(LoopPool member)
    {
        lock (_gate) _members = [.. _members, member];
    }

    /// <summary>False when the queue is full.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _waiting) <= maxLength) return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _waiting);

    /// <summary>Tells every loop with waiting requests that a backend has room.</summary>
    public void WakeOthers(LoopPool except)
    {
        foreach (var member in Volatile.Read(ref _members))
        {
            if (member != except && member.HasWaiting) member.PostWake();
        }
    }
}
