using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>What the backend is told about the client, of one client connection at a time.</summary>
internal sealed class Forwarding(byte[] viaToken, bool sendForwarded)
{
    private readonly byte[] _address = new byte[PeerAddress.MaxTextLength];
    private int _addressLength;

    /// <summary>This node's name in <c>Via</c>.</summary>
    public ReadOnlySpan<byte> ViaToken => viaToken;

    /// <summary>Also send <c>Forwarded</c> (RFC 7239).</summary>
    public bool SendsForwarded => sendForwarded;

    public ReadOnlySpan<byte> ClientAddress => _address.AsSpan(0, _addressLength);

    public bool ClientIsIPv6 { get; private set; }

    /// <summary>What the client says about clients before it is believed and added to, not replaced.</summary>
    public bool TrustsClient { get; private set; }

    public void SetClient(PeerAddress peer, bool trusted)
    {
        _addressLength = peer.Format(_address);
        ClientIsIPv6 = peer.IsIPv6;
        TrustsClient = trusted;
    }
}
