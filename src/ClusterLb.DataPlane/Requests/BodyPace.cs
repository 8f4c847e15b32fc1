namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// How a client's body keeps up with the least rate, so that nobody keeps a backend busy by trickling (slow body attack).
/// Only the time spent waiting for the client counts, never the backend's.
/// </summary>
/// <param name="leastRate">Bytes per second on average; 0 = any.</param>
internal struct BodyPace(long leastRate)
{
    public const int GraceMilliseconds = 5_000;

    private const long Never = long.MaxValue / 4;

    private long _waited;
    private long _waitingSince;

    /// <summary>The client is waited for from now on; when the least rate ends that, monotonic milliseconds.</summary>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <param name="received">Bytes of the body so far.</param>
    public long Wait(long nowMilliseconds, long received)
    {
        _waitingSince = nowMilliseconds;
        return nowMilliseconds + GraceMilliseconds + Allowed(received);
    }

    public void Waited(long nowMilliseconds) => _waited += nowMilliseconds - _waitingSince;

    /// <summary>
    /// While the client is waited for: since when it has fallen short of the least rate, monotonic milliseconds;
    /// <see cref="long.MaxValue"/> = it has not.
    /// </summary>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <param name="received">Bytes of the body so far.</param>
    public readonly long ShortSince(long nowMilliseconds, long received)
    {
        var since = _waitingSince + Allowed(received);
        return since <= nowMilliseconds ? since : long.MaxValue;
    }

    /// <summary>Milliseconds of waiting that what has come has paid for and that are not used up yet.</summary>
    private readonly long Allowed(long received) => leastRate == 0 ? Never : (received * 1_000 / leastRate) - _waited;
}
