using ClusterLb.Core.Sessions;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>What one loop did for the sessions of one pool, in requests. Written by the loop, read by anyone.</summary>
internal sealed class StickyCounters
{
    /// <summary>By <see cref="SessionSource"/>: who knew where the session is.</summary>
    public long[] Sources { get; } = new long[Enum.GetValues<SessionSource>().Length];

    /// <summary>By <see cref="CookieStatus"/>: cookies of ours that say nothing. The first cell stays 0.</summary>
    public long[] BadCookies { get; } = new long[Enum.GetValues<CookieStatus>().Length];

    /// <summary>
    /// New sessions, or sessions new here, that were left to the hash or to their cookie alone, because their client began too many.
    /// </summary>
    public long Unremembered;

    /// <summary>Failed at the session's backend and went on elsewhere.</summary>
    public long Diverted;

    /// <summary>Waited for their session to be moved, and it was.</summary>
    public long Moved;
}
