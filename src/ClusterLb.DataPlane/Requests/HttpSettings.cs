using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>A listener's HTTP settings in the form the path wants them: milliseconds and bytes.</summary>
/// <param name="instance">Random, of this process.</param>
internal sealed class HttpSettings(ListenerConfig config, NodeConfig node, byte[] instance)
{
    public HttpLimits Limits { get; } = config.Limits;

    public PathRules Path { get; } = new(config.Path, config.MergeSlashes);

    public long HeadTimeout { get; } = (long)config.Timeouts.RequestHead.TotalMilliseconds;

    public long BodyIdle { get; } = (long)config.Timeouts.BodyIdle.TotalMilliseconds;

    public long KeepAlive { get; } = (long)config.Timeouts.KeepAlive.TotalMilliseconds;

    /// <summary>Protocols that a client may change to.</summary>
    public byte[][] Upgrades { get; } = [.. config.Upgrades.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Null = nothing is said in <c>Via</c>.</summary>
    public OwnVia? Via { get; } = config.Via ? new OwnVia(instance, node.Name, config.Name) : null;

    public bool SendForwarded { get; } = config.Forwarded;

    /// <summary>
    /// The bound address, or the node's where that is any: what an HTTP/1.0 request without Host is for, to routes and to backends.
    /// </summary>
    public byte[] OwnAuthority { get; } = Encoding.ASCII.GetBytes(AuthorityOf(config.Bind, node.Host));

    /// <summary>Of another configuration of the same listener.</summary>
    public HttpSettings With(ListenerConfig other) => new(other, node, instance);

    public bool Trusts(PeerAddress peer)
    {
        if (config.TrustedProxies.Count == 0) return false;
        var address = peer.ToIPAddress();
        foreach (IPNetwork network in config.TrustedProxies)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }

    private static string AuthorityOf(IPEndPoint bind, string nodeHost)
    {
        if (!bind.Address.Equals(IPAddress.Any) && !bind.Address.Equals(IPAddress.IPv6Any)) return bind.ToString();
        return IPAddress.TryParse(nodeHost, out var address)
            ? new IPEndPoint(address, bind.Port).ToString()
            : string.Create(CultureInfo.InvariantCulture, $"{nodeHost}:{bind.Port}");
    }
}
