using Peers.Load;

namespace Peers.Rows;

/// <summary>
/// One measurement of one proxy: what the load saw, what the proxy used meanwhile. <paramref name="IdleBytes"/>: what idle connections
/// added.
/// </summary>
internal sealed record Sample(LoadReport Load, double CpuMicroseconds, double PeakBytes, double IdleBytes = 0)
{
    /// <summary>A run in which anything went wrong, or nothing was done, has no figure.</summary>
    public bool Failed => Load.Errors > 0 || Load.Requests == 0;

    /// <summary>No measurement came about.</summary>
    public static Sample None(string reason) => new(new LoadReport(0, 0, 0, 1, 0, 0, 0, reason.ReplaceLineEndings(" ")), 0, 0);
}
