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
    private int _open;

    public Pressure Pressure => Pressures.Of(Volatile.Read(ref _open), limit);

    public void Join(LoopListener member)
    {
        lock (_gate) _members = [.. _members, member];
    }

    /// <summary>False when there is no place left. Any loop: of two that want the last place one gets it.</summary>
    public bool TryOpen()
    {
        var open = Volatile.Read(ref _open);
        while (open < limit)
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
        if (Interlocked.Decrement(ref _open) != limit - 1) return;
        foreach (var member in Volatile.Read(ref _members)) member.Loop.Post(static state => ((LoopListener)state!).Resume(), member);
    }
}
