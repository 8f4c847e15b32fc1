using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>What one listener tells backends of its clients. Immutable; shared by all its connections.</summary>
internal sealed class ForwardingRules
{
    /// <summary>The scheme clients use here; <c>http</c> or <c>https</c>.</summary>
    public required byte[] Scheme { get; init; }

    /// <summary>This node's name in <c>Via</c>, e.g. <c>clusterlb-lb1</c>; a token.</summary>
    public required byte[] ViaToken { get; init; }

    /// <summary>Sent as Host for an HTTP/1.0 request that names none: the listener's own address (RFC 9110 section 7.2).</summary>
    public required byte[] DefaultAuthority { get; init; }

    /// <summary>Also send RFC 7239 <c>Forwarded</c>.</summary>
    public required bool SendForwarded { get; init; }

    /// <summary>Whose own forwarding headers are believed.</summary>
    public required EquatableList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>Protocols a client may change to, lower case. Never <c>h2c</c>: inside it, requests would pass unseen (CVE-2026-88008).</summary>
    public required IReadOnlyList<byte[]> Upgrades { get; init; }

    /// <summary>A header that carries the session, which <c>Connection</c> must not remove; empty = none.</summary>
    public byte[] StickyHeader { get; init; } = [];

    public bool Trusts(IPAddress client)
    {
        foreach (var network in TrustedProxies.AsSpan())
        {
            if (network.Contains(client)) return true;
        }

        return false;
    }

    /// <param name="protocol">As the client or the backend wrote it.</param>
    public bool AllowsUpgrade(ReadOnlySpan<byte> protocol)
    {
        if (Grammar.StartsWithIgnoreCase(protocol, "h2"u8)) return false;
        foreach (var upgrade in Upgrades)
        {
            if (Grammar.EqualsIgnoreCase(protocol, upgrade)) return true;
        }

        return false;
    }
}
