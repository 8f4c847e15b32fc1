using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Core.Configuration;

/// <summary>The ports that a node with a configuration binds.</summary>
public static class BoundPorts
{
    public static IEnumerable<IPEndPoint> Of(ClusterLbConfig config)
    {
        // Without seeds it is not opened.
        if (config.Cluster.Seeds.Count > 0) yield return ClusterAddress.BindOf(config);
        yield return config.Node.Admin.Bind;
        if (config.Node.HealthBind is { } health) yield return health;
        if (config.Dns.Bind is { } dns) yield return dns;
        foreach (var listener in config.Listeners) yield return listener.Bind;
    }

    /// <summary>
    /// Whether IPv4 clients arrive at that port, too, as IPv6 addresses with an IPv4 one in them: at <c>[::]</c>, unless the node has the
    /// same port at an IPv4 address, where they arrive then.
    /// </summary>
    public static bool AlsoTakesIPv4(ClusterLbConfig config, IPEndPoint bind) =>
        bind.Address.Equals(IPAddress.IPv6Any)
        && !Of(config).Any(other => other.Port == bind.Port && bind.Port != 0 && other.AddressFamily == AddressFamily.InterNetwork);
}
