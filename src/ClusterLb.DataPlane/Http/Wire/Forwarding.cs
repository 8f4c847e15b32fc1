using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>What backends are told of a client: one per exchange, told of its client when that is accepted. Not thread-safe.</summary>
/// <param name="viaToken">This node's name in <c>Via</c>, e.g. <c>clusterlb-lb1</c>; a token.</param>
/// <param name="sendForwarded">Also send RFC 7239 <c>Forwarded</c>.</param>
internal sealed class Forwarding(byte[] viaToken, bool sendForwarded)
{
    private readonly byte[] _address = new byte[PeerAddress.MaxTextLength];
    private int _addressLength;

    public ReadOnlySpan<byte> ViaToken => viaToken;

    public bool SendsForwarded => sendForwarded;

    /// <summary>The scheme clients use here. Default <c>http</c>.</summary>
    public byte[] Scheme { get; init; } = "http"u8.ToArray();

    /// <summary>Sent as Host for an HTTP/1.0 request that names none: the listener's own address (RFC 9110 section 7.2). Default empty.</summary>
    public byte[] DefaultAuthority { get; init; } = [];

    /// <summary>A header that carries the session of the request's pool, which <c>Connection</c> must not remove. Default none.</summary>
    public byte[] StickyHeader { get; set; } = [];

    /// <summary>The peer's address as text, without port or brackets.</summary>
    public ReadOnlySpan<byte> ClientAddress => _address.AsSpan(0, _addressLength);

    /// <summary>True when <c>Forwarded</c> must quote and bracket the address (RFC 7239 section 6).</summary>
    public bool ClientIsIPv6 { get; private set; }

    /// <summary>What the client says of those before it is passed on and added to; else it is replaced.</summary>
    public bool TrustsClient { get; private set; }

    public void SetClient(PeerAddress peer, bool trusted)
    {
        _addressLength = peer.Format(_address);
        ClientIsIPv6 = peer.IsIPv6;
        TrustsClient = trusted;
    }
}
