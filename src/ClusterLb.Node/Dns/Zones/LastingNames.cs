using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>
/// Nodes that are gone and stay in the zone under their own names: pure. A parent zone names its servers whether they live or not, and a
/// resolver that is told meanwhile that there is no such name as <c>lb1.lb.example.com</c> forgets the glue.
/// </summary>
internal static class LastingNames
{
    /// <param name="config">What it does not name as a server is gone with its node.</param>
    /// <param name="last">Of the last look.</param>
    /// <param name="present">Of now.</param>
    /// <returns>By name.</returns>
    public static EquatableList<ZoneNode> With(DnsConfig config, IReadOnlyList<ZoneNode> last, IReadOnlyList<ZoneNode> present)
    {
        var names = present.Select(node => node.NameIn(config.Zone)).ToHashSet();
        var gone = last.Where(node => config.NameServers.Contains(node.NameIn(config.Zone)) && !names.Contains(node.NameIn(config.Zone)));
        return present.Concat(gone.Select(node => node with { IsServing = false, IsGone = true }))
            .OrderBy(node => node.Name, StringComparer.Ordinal).ToEquatableList();
    }
}
