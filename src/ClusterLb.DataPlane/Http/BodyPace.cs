namespace ClusterLb.DataPlane.Http;

/// <summary>
/// Holds a client to the least rate of a body of declared length, so that nobody keeps a backend busy by trickling (slow body attack).
/// Only the time spent waiting for the client counts, never the backend's.
/// </summary>
/// <param name="leastRate">Bytes per second on average; 0 = any.</param>
internal struct BodyPace(long leastRate)
{
    public const int GraceMilliseconds = 5_000;

    private long _waited;
    private long _waitingSince;

    /// <summary>The client is waited for from now on; when that must end, monotonic milliseconds.</summary>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <param name="received">Bytes of the body so far.</param>
    /// <param name="idleMilliseconds">How long it may be silent at any rate.</param>
    public long Wait(long nowMilliseconds, long received, long idleMilliseconds)
    {
        _waitingSince = nowMilliseconds;
        if (leastRate == 0) return nowMilliseconds + idleMilliseconds;
        var left = GraceMilliseconds + (received * 1_000 / leastRate) - _waited;
        return nowMilliseconds + Math.Min(idleMilliseconds, left);
    }

    public void Waited(long nowMilliseconds) => _waited += nowMilliseconds - _waitingSince;
}
