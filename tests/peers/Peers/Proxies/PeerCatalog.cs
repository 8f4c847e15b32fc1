namespace Peers.Proxies;

/// <summary>Every proxy of the comparison, the one that ratios refer to first.</summary>
internal static class PeerCatalog
{
    public const string Reference = "haproxy";

    /// <param name="yarp">Its executable.</param>
    /// <param name="clusterLb">Of this build.</param>
    /// <param name="before">Of an earlier build, to see what a change costs; null = none.</param>
    public static IReadOnlyList<Peer> All(string yarp, string clusterLb, string? before) =>
    [
        new HaproxyPeer(),
        .. before is null ? Array.Empty<Peer>() : [new ClusterLbPeer("before", 18700, before)],
        new ClusterLbPeer("clusterlb", 18600, clusterLb),
        new NginxPeer(),
        new CaddyPeer(),
        new YarpPeer("yarp", 18400, "pipeline", yarp),
        new YarpPeer("yarp-forwarder", 18500, "forwarder", yarp),
    ];
}
