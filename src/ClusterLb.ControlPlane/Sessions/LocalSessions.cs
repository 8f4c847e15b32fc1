using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>Sessions that were told to nobody, because whoever meets them finds them by hash or by their cookie: pure.</summary>
internal static class LocalSessions
{
    /// <summary>The same binding for all to know, once others will not find the session where it is; null = it may stay as it is.</summary>
    /// <param name="table">In force.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public static Binding? ToTell(in Binding local, RoutingTable table, long now)
    {
        // Who is not configured any more keeps nobody.
        if (table.FindBackend(local.Backend) is not { } home) return null;
        var (pool, backend) = home;
        // A cookie says where its session is; but a drain counts sessions, and all nodes are to come to the same sum.
        var isFound = pool.Config.Sticky.By == StickyBy.Cookie
            ? pool.Homes.WillTake(backend)
            : pool.Homes.WillFind(local.Session, local.Backend, now);
        return isFound ? null : local with { Version = 1 };
    }
}
