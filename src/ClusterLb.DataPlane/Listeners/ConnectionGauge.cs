using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// Open client connections, of a listener or of the node, over all loops, against a limit. At the limit nobody accepts; clients wait in the
/// kernel's queue.
/// </summary>
internal sealed class ConnectionGauge(int limit)
{
    private readonly object _gate = new();
    private LoopListener[] _members = [];
    private int _limit = limit;
    private int _open;

    public Pressure Pressure => Pressures.Of(Volatile.Read(ref _open), Volatile.Read(ref _limit));

    /// <summary>Another limit; who is over it stays. Any thread.</summary>
    public void Follow(int limit)
    {
        var before = Interlocked.Exchange(ref _limit, limit);
        if (before < limit) ResumeAll();
    }

    public void Join(LoopListener member)
    {
        lock (_gate) _members = [.. _members, member];
    }

    /// <summary>It has no clients any more.</summary>
    public void Part(LoopListener member)
    {
        lock (_gate) _members = [.. _members.Where(one => one != member)];
    }

    /// <summary>False when there is no place left. Any loop: of two that want the last place one gets it.</summary>
    public bool TryOpen()
    {
        var open = Volatile.Read(ref _open);
        while (open < Volatile.Read(ref _limit))
        {
            var found = Interlocked.CompareExchange(ref _open, open + 1, open);
            if (found == open) return true;
            open = found;
        }

        return false;
    }

    /// <summary>One more, whatever the limit.</summary>
    public void Open() => Interlocked.Increment(ref _open);

    public void Close()
    {
        if (Interlocked.Decrement(ref _open) == Volatile.Read(ref _limit) - 1) ResumeAll();
    }

    private void ResumeAll()
    {
        foreach (var member in Volatile.Read(ref _members)) member.Loop.Post(static state => ((LoopListener)state!).Resume(), member);
    }
}
