using ClusterLb.Core.Clients;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>
/// Whom a request is counted by where its connection is a proxy's; everywhere else that is <see cref="PeerAddress.Owner"/>.
/// </summary>
internal static class ClientName
{
    /// <summary>
    /// As <see cref="AddressOwner"/> has it, behind a proxy that is trusted: whom that one names last, as it is the only one there whose
    /// word counts.
    /// </summary>
    /// <param name="proxy">Who counts when nobody is named.</param>
    public static ulong BehindProxy(HeaderTable headers, PeerAddress proxy)
    {
        var last = ForwardedChain.LastNode(headers);
        Span<byte> bytes = stackalloc byte[AddressLiteral.MaxBytes];
        return last.Address.IsEmpty ? proxy.Owner : AddressOwner.Of(bytes[..AddressLiteral.Read(last.Address, bytes)]).Bits;
    }
}
