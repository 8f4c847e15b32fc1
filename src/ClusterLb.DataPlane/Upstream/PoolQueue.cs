using ClusterLb.Core.Backends;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// What the loops of a node share about a pool's waiting requests: how many there are, and which loops have some. Touched only when
/// every backend is full, or one has failed a request; a lease that is returned costs one read here.
/// </summary>
internal sealed class PoolQueue(int maxLength)
{
    private readonly object _gate = new();
    private LoopPool[] _members = [];
    private int _waiting;
    private int _next;

    public int Waiting => Volatile.Read(ref _waiting);

    public void Join(LoopPool member)
    {
        lock (_gate) _members = [.. _members, member];
    }

    /// <returns>True when no loop is left.</returns>
    public bool Part(LoopPool member)
    {
        lock (_gate)
        {
            _members = [.. _members.Where(one => one != member)];
            return _members.Length == 0;
        }
    }

    /// <summary>Monotonic milliseconds of the backend's latest answer on any loop; 0 = none yet.</summary>
    public long LastAnswerOf(Backend backend)
    {
        var last = 0L;
        foreach (var member in Volatile.Read(ref _members)) last = Math.Max(last, Volatile.Read(ref member.CountersOf(backend).AnsweredAt));
        return last;
    }

    /// <summary>False when the queue is full.</summary>
    /// <param name="mayExceed">It waited before this queue was made: it has a place, full or not.</param>
    public bool TryEnter(bool mayExceed = false)
    {
        if (Interlocked.Increment(ref _waiting) <= maxLength || mayExceed) return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _waiting);

    /// <summary>
    /// Tells a loop with waiting requests that a backend has room: the loops in turns, so that no loop's clients get every unit. Two that
    /// race here only tell the same one twice, or one out of turn.
    /// </summary>
    public void WakeNext()
    {
        var members = Volatile.Read(ref _members);
        var first = Volatile.Read(ref _next);
        for (var i = 0; i < members.Length; i++)
        {
            var turn = (first + i) % members.Length;
            if (!members[turn].HasWaiting) continue;
            Volatile.Write(ref _next, turn + 1);
            members[turn].PostWake();
            return;
        }
    }
}
