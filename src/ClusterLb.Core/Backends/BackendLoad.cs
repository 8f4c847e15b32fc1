using System.Runtime.InteropServices;

namespace ClusterLb.Core.Backends;

/// <summary>
/// The counters of a backend that every event loop of the node shares, and what the other nodes report of it, on cache lines of their own
/// so that two loops that serve different backends never touch the same line.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public sealed class BackendLoad
{
    [FieldOffset(64)]
    private int _inFlight;

    // Written some five times a second: on the line of the live count, so that a picker reads one line.
    [FieldOffset(68)]
    private int _remote;

    [FieldOffset(72)]
    private double _remoteShare;

    [FieldOffset(128)]
    private double _responseMicroseconds;

    [FieldOffset(136)]
    private long _observedAtMilliseconds;

    [FieldOffset(144)]
    private double _unhinderedMicroseconds;

    /// <summary>Requests and connections this node has in flight there now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Requests and connections the other nodes have in flight there, by their last reports; up to a second old.</summary>
    public int Remote => Volatile.Read(ref _remote);

    /// <summary>
    /// How busy it is to a picker, in requests: what this node has in flight there, live, and this node's part of <see cref="Remote"/>.
    /// Every node sees the same reports and acts on them until the next come, so each makes up for its part only (decision 0007).
    /// The same as <see cref="InFlight"/> when nobody else reports.
    /// </summary>
    public double Pressure => Volatile.Read(ref _inFlight) + Volatile.Read(ref _remoteShare);

    /// <summary>The peak-sensitive moving average of its response time in microseconds; 0 = nothing observed yet.</summary>
    public double ResponseMicroseconds => Volatile.Read(ref _responseMicroseconds);

    /// <summary>
    /// What a response takes when nothing is in its way, in microseconds: the fastest of the last few, about; 0 = nothing observed yet.
    /// </summary>
    public double UnhinderedMicroseconds => Volatile.Read(ref _unhinderedMicroseconds);

    /// <summary>Monotonic milliseconds of the last observation, for decay.</summary>
    public long ObservedAtMilliseconds => Volatile.Read(ref _observedAtMilliseconds);

    /// <summary>
    /// Replaces what the other nodes have in flight there. One writer, any thread; a picker may see one of the two numbers anew and the
    /// other not yet, which is no worse than a report that comes a little later.
    /// </summary>
    /// <param name="remote">The sum over the other nodes, 0 or more; 0 when there are none.</param>
    /// <param name="nodes">The nodes that are counted and this one: 1 or more.</param>
    public void SetRemote(int remote, int nodes)
    {
        Volatile.Write(ref _remote, remote);
        Volatile.Write(ref _remoteShare, remote / (double)nodes);
    }

    internal int Increment() => Interlocked.Increment(ref _inFlight);

    internal int Decrement() => Interlocked.Decrement(ref _inFlight);

    /// <summary>
    /// Replaces both. Two loops may race; the loser's sample is lost, which an average forgives. Whoever sees the first average has the
    /// other number, too: it is written before.
    /// </summary>
    internal void StoreResponse(double microseconds, double unhinderedMicroseconds, long nowMilliseconds)
    {
        Volatile.Write(ref _unhinderedMicroseconds, unhinderedMicroseconds);
        Volatile.Write(ref _responseMicroseconds, microseconds);
        Volatile.Write(ref _observedAtMilliseconds, nowMilliseconds);
    }
}
