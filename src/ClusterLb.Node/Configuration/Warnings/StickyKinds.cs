using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Settings of sticky sessions where there are none, or of another kind.</summary>
internal static class StickyKinds
{
    private static readonly string[] s_keys = ["name", "ttl", "cookie"];

    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools)
        {
            var block = ConfigurationKey.Of("pools", pool.Name, "sticky");
            if (pool.Sticky.By == StickyBy.None)
            {
                // Who wrote "none" switched it off and left the rest for another day.
                if (!of.Text.Has($"{block}.by") && s_keys.FirstOrDefault(key => of.Text.Has($"{block}.{key}")) is { } key)
                {
                    yield return of.Warn($"{block}.{key}",
                        "does nothing, for sticky.by is none; it must say what keeps a client's requests together");
                }

                continue;
            }

            if (pool.Sticky.By != StickyBy.Cookie && of.Text.Has($"{block}.cookie"))
                yield return of.Warn($"{block}.cookie", "does nothing, for it is of our own cookie; sticky.by must be cookie");
            if (pool.Sticky.By == StickyBy.SourceIp && of.Text.Has($"{block}.name"))
            {
                yield return of.Warn($"{block}.name",
                    "does nothing, for sticky.by = source-ip looks at addresses alone; it must be left out");
            }
        }
    }
}
