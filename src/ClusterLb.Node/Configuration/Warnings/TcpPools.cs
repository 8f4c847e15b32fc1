using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Pools that only connections come to, with what is of requests.</summary>
internal static class TcpPools
{
    private static readonly string[] s_ofRequests = ["timeouts.response", "timeouts.idle", "passive.status"];

    /// <summary>Whoever says one of these has thought of how these backends are asked.</summary>
    private static readonly string[] s_ofChecks = ["type", "path", "port"];

    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools.Where(pool => IsOfTcpAlone(pool, of)))
        {
            var block = ConfigurationKey.Of("pools", pool.Name);
            foreach (var key in s_ofRequests.Select(key => $"{block}.{key}").Where(of.Text.Has))
                yield return of.Warn(key, "does nothing, for only tcp listeners use this pool, which see no requests; it must be left out");
            if (pool.Health.Probe?.Type == "http" && !s_ofChecks.Any(key => of.Text.Has($"{block}.health.{key}")
                || of.Text.Has($"pool-defaults.health.{key}")))
            {
                yield return of.Warn($"{block}.health.type",
                    "is http by default, which only web servers pass, and only tcp listeners use this pool; it must say what is asked: "
                    + "tcp, postgresql, mysql, redis, or http");
            }
        }
    }

    private static bool IsOfTcpAlone(PoolConfig pool, Examined of)
    {
        var ways = of.WaysTo(pool).ToList();
        return ways.Count > 0 && ways.All(way => way.Listener.Protocol == ListenerProtocol.Tcp);
    }
}
