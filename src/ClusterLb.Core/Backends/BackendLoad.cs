using System.Runtime.InteropServices;

namespace ClusterLb.Core.Backends;

/// <summary>
/// The counters of a backend that every event loop of the node shares, on cache lines of their own
/// so that two loops that serve different backends never touch the same line.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public sealed class BackendLoad
{
    [FieldOffset(64)]
    private int _inFlight;

    // On the line of _inFlight, which pickers read anyway: it is written five times a second.
    [FieldOffset(68)]
    private int _remote;

    [FieldOffset(128)]
    private double _responseMicroseconds;

    [FieldOffset(136)]
    private long _observedAtMilliseconds;

    /// <summary>Requests and connections this node has in flight there now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>What the other nodes together have in flight there, as they last said: up to a second old.</summary>
    public int Remote => Volatile.Read(ref _remote);

    /// <summary>The peak-sensitive moving average of its response time in microseconds; 0 = nothing observed yet.</summary>
    public double ResponseMicroseconds => Volatile.Read(ref _responseMicroseconds);

    /// <summary>Monotonic milliseconds of the last observation, for decay.</summary>
    public long ObservedAtMilliseconds => Volatile.Read(ref _observedAtMilliseconds);

    /// <summary>Replaces what the other nodes have in flight. Called by the control plane.</summary>
    public void SetRemote(int inFlight) => Volatile.Write(ref _remote, inFlight);

    internal int Increment() => Interlocked.Increment(ref _inFlight);

    internal int Decrement() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Replaces the average. Two loops may race; the loser's sample is lost, which an average forgives.</summary>
    internal void StoreResponse(double microseconds, long nowMilliseconds)
    {
        Volatile.Write(ref _responseMicroseconds, microseconds);
        Volatile.Write(ref _observedAtMilliseconds, nowMilliseconds);
    }
}
