using ClusterLb.Core.Balancing;
using ClusterLb.DataPlane.Http.Wire;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>Whom new sessions are counted by, in 64 bits: an address, of IPv6 its network of 64 bits, since that is what one client has.</summary>
internal static class ClientName
{
    private const int PrefixBits = 64;
    private const int PrefixColons = 4;

    public static ulong Of(PeerAddress peer) => peer.IsIPv6 ? StableHash.Combine(1, (ulong)(peer.Address >> PrefixBits)) : (ulong)peer.Address;

    /// <summary>Behind a proxy that is trusted: whom that one names last, as it is the only one there whose word counts.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="received">The buffer it was parsed from.</param>
    /// <param name="proxy">Who counts when nobody is named.</param>
    public static ulong BehindProxy(HeaderTable headers, ReadOnlySpan<byte> received, PeerAddress proxy)
    {
        var last = default(ForwardedNode);
        for (var chain = ForwardedChain.Read(headers, received).Elements; chain.MoveToNode();) last = chain.Current.Node;
        return last.Address.IsEmpty ? Of(proxy) : StableHash.Of(last.IsIPv6 ? NetworkOf(last.Address) : last.Address);
    }

    /// <summary>The first four groups, or as many as come before zeros that are left out.</summary>
    private static ReadOnlySpan<byte> NetworkOf(ReadOnlySpan<byte> address)
    {
        var colons = 0;
        for (var i = 0; i < address.Length; i++)
        {
            if (address[i] == ':' && ++colons == PrefixColons) return address[..i];
        }

        return address;
    }
}
