using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// The listeners of one loop, who make room for each other when the node, or its descriptors, run short (decision 0024). Used on its loop.
/// </summary>
/// <param name="loop">Theirs.</param>
/// <param name="shedUpstream">Closes connections to backends that idle: they are worth less than a client.</param>
internal sealed class LoopListeners(EventLoop loop, Action shedUpstream)
{
    private const int EvictionsPerShedding = 4;
    private const long SheddingMilliseconds = 100;

    private readonly List<LoopListener> _all = [];
    private long _nextShedding;

    public IReadOnlyList<LoopListener> All => _all;

    public void Add(LoopListener listener) => _all.Add(listener);

    /// <summary>Called every 100 ms on the loop: those that were removed and have no clients any more leave.</summary>
    public void LetGo() => _all.RemoveAll(static listener => listener.TryLeave());

    /// <summary>
    /// Gives descriptors back: a connection to a backend that idles is worth less than a client that waits, and so is a client that idles.
    /// </summary>
    public void ShedIdle()
    {
        shedUpstream();
        for (var left = EvictionsPerShedding; left > 0 && loop.DescriptorPressure == Pressure.Full; left--)
        {
            if (Evict(Pressure.Full) != Eviction.Evicted) return;
        }
    }

    /// <summary>
    /// What is left of it for clients to yield to: every 100 ms connections to backends that idle give their descriptors back first.
    /// </summary>
    public Pressure DescriptorPressure()
    {
        var pressure = loop.DescriptorPressure;
        if (pressure == Pressure.None || loop.Now < _nextShedding) return pressure;
        _nextShedding = loop.Now + SheddingMilliseconds;
        shedUpstream();
        return loop.DescriptorPressure;
    }

    /// <summary>Lets the client go that may go first: of the listener that has the fullest address, else of any.</summary>
    public Eviction Evict(Pressure pressure)
    {
        LoopListener? fullest = null;
        foreach (var listener in _all)
        {
            if (fullest is null || listener.MostOfOneAddress > fullest.MostOfOneAddress) fullest = listener;
        }

        var done = fullest?.Evict(pressure) ?? Eviction.None;
        foreach (var listener in _all)
        {
            if (done != Eviction.None) break;
            if (listener != fullest) done = listener.Evict(pressure);
        }

        return done;
    }
}
