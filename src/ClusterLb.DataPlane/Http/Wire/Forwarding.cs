using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>What backends are told of one client connection; made once when it is accepted.</summary>
internal sealed class Forwarding
{
    private const int LongestAddress = 65;

    public Forwarding(ForwardingRules rules, IPAddress client)
    {
        var address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        Rules = rules;
        TrustsClient = rules.Trusts(address);
        IsIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Span<byte> text = stackalloc byte[LongestAddress];
        address.TryFormat(text, out var length);
        var scope = text[..length].IndexOf((byte)'%');
        ClientAddress = text[..(scope < 0 ? length : scope)].ToArray();
    }

    public ForwardingRules Rules { get; }

    /// <summary>The peer's address as text, without port, scope or brackets.</summary>
    public byte[] ClientAddress { get; }

    /// <summary>True when <c>Forwarded</c> must quote and bracket the address (RFC 7239 section 6).</summary>
    public bool IsIPv6 { get; }

    /// <summary>What the client says of those before it is passed on and added to; else it is replaced.</summary>
    public bool TrustsClient { get; }
}
