using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Keys for a cookie that no pool sets.</summary>
internal static class CookieKeyUse
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        if (of.Config.Sticky.Keys.Count > 0 && !of.HasSticky(StickyBy.Cookie))
            yield return of.Warn("sticky.keys", "sign nothing, for no pool has a cookie of ours; a pool must have sticky.by = cookie");
    }
}
