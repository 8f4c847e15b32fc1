using System.Globalization;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>What one client may have, beside what all may have.</summary>
internal static class ClientLimits
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var (admin, cluster) = (of.Config.Node.Admin, of.Config.Cluster);
        var limits = of.Config.Listeners
            .Select(listener => new Limit(
                ConfigurationKey.Of("listeners", listener.Name), listener.MaxConnectionsPerClient, listener.MaxConnections))
            .Append(new Limit("node.admin", admin.MaxConnectionsPerClient, admin.MaxConnections))
            .Append(new Limit("cluster", cluster.MaxHandshakesPerAddress, cluster.MaxHandshakes)
            { Key = "max-handshakes-per-address", KeyOfAll = "max-handshakes" });
        return limits.Where(limit => limit.OfOne > limit.OfAll && of.Text.Has($"{limit.Block}.{limit.Key}"))
            .Select(limit => of.Warn($"{limit.Block}.{limit.Key}", string.Create(CultureInfo.InvariantCulture,
                $"is {limit.OfOne}, and {limit.KeyOfAll} is {limit.OfAll}, so one client can take them all; it must be less")));
    }

    private sealed record Limit(string Block, int OfOne, int OfAll)
    {
        public string Key { get; init; } = "max-connections-per-client";

        public string KeyOfAll { get; init; } = "max-connections";
    }
}
