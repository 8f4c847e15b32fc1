namespace Peers.Proxies;

/// <summary>Every proxy of the comparison, the one that ratios refer to first.</summary>
internal static class PeerCatalog
{
    public const string Reference = "haproxy";

    public static IReadOnlyList<Peer> All(string yarp, string clusterLb) =>
    [
        new HaproxyPeer(),
        new ClusterLbPeer(clusterLb),
        new NginxPeer(),
        new CaddyPeer(),
        new YarpPeer("yarp", 18400, "pipeline", yarp),
        new YarpPeer("yarp-forwarder", 18500, "forwarder", yarp),
    ];
}
