using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Workers;

/// <summary>
/// When each connection that clients keep open hears that its next response is the last: spread over a time, so that they do not all
/// connect anew at one moment. Pure.
/// </summary>
/// <param name="From">Monotonic milliseconds of the loop.</param>
/// <param name="Length">Milliseconds; 0 = all at once.</param>
internal readonly record struct Farewell(long From, long Length)
{
    // 2^32 divided by the golden ratio: ports that follow each other, as a client's do, fall far apart (Knuth, TAOCP 3, 6.4).
    private const uint Spread = 2_654_435_769;

    public bool IsDue(in PeerAddress peer, long now) => now - From >= (long)((ulong)Length * unchecked(peer.Port * Spread) >> 32);
}
