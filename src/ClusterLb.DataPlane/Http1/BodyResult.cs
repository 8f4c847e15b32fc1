using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

internal enum BodyResult
{
    /// <summary>The backend has taken it, or as much of it as there was.</summary>
    Sent,

    /// <summary>The client closed or reset before its end.</summary>
    ClientGone,
    ClientTimedOut,
    Malformed,
    TooLarge,

    /// <summary>What we add to the head leaves no room for it.</summary>
    HeadTooLarge,

    /// <summary>The backend takes no more: it closed or reset.</summary>
    UpstreamFailed,

    /// <summary>The backend took nothing for as long as its pool allows.</summary>
    UpstreamTimedOut,

    /// <summary>Nobody wants the rest.</summary>
    Cancelled,
}

internal static class BodyResults
{
    /// <summary>What came of giving bytes to the backend.</summary>
    public static BodyResult OfUpstream(int sent) => sent switch
    {
        IoResult.Ready => BodyResult.Sent,
        IoResult.TimedOut => BodyResult.UpstreamTimedOut,
        _ => BodyResult.UpstreamFailed,
    };
}
