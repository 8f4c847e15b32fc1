using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>A listener's HTTP settings in the form the path wants them: milliseconds and bytes.</summary>
/// <param name="instance">Random, of this process.</param>
internal sealed class HttpSettings(ListenerConfig config, NodeConfig node, byte[] instance)
{
    private readonly byte[][] _upgrades = [.. config.Upgrades.Select(Encoding.ASCII.GetBytes)];

    public HttpLimits Limits { get; } = config.Limits;

    public PathRules Path { get; } = new(config.Path, config.MergeSlashes);

    public long HeadTimeout { get; } = (long)config.Timeouts.RequestHead.TotalMilliseconds;

    public long BodyIdle { get; } = (long)config.Timeouts.BodyIdle.TotalMilliseconds;

    public long KeepAlive { get; } = (long)config.Timeouts.KeepAlive.TotalMilliseconds;

    /// <summary>Null = nothing is said in <c>Via</c>.</summary>
    public OwnVia? Via { get; } = config.Via ? new OwnVia(instance, node.Name, config.Name) : null;

    public bool SendForwarded { get; } = config.Forwarded;

    /// <summary>
    /// The bound address, or the node's where that is any: what an HTTP/1.0 request without Host is for, to routes and to backends.
    /// </summary>
    public byte[] OwnAuthority { get; } = Encoding.ASCII.GetBytes(AuthorityOf(config.Bind, node.Host));

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

    /// <summary>
    /// The first protocol that the client offers and this listener allows, as the listener spells it; empty when there is none.
    /// </summary>
    public byte[] ChooseUpgrade(RequestHead request, ReadOnlySpan<byte> input)
    {
        if (!request.WantsUpgrade) return [];
        foreach (ref readonly var entry in request.Headers.Entries)
        {
            if (entry.Known != KnownHeader.Upgrade) continue;
            foreach (var offered in new ListElements(input, entry.Value))
            {
                if (Allowed(offered.Of(input)) is { } protocol) return protocol;
            }
        }

        return [];
    }

    private static string AuthorityOf(IPEndPoint bind, string nodeHost)
    {
        if (!bind.Address.Equals(IPAddress.Any) && !bind.Address.Equals(IPAddress.IPv6Any)) return bind.ToString();
        return IPAddress.TryParse(nodeHost, out var address)
            ? new IPEndPoint(address, bind.Port).ToString()
            : string.Create(CultureInfo.InvariantCulture, $"{nodeHost}:{bind.Port}");
    }

    private byte[]? Allowed(ReadOnlySpan<byte> protocol)
    {
        foreach (var allowed in _upgrades)
        {
            if (Ascii.EqualsIgnoreCase(allowed, protocol)) return allowed;
        }

        return null;
    }
}
