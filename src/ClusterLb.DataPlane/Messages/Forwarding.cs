using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// What backends are told of a client: one per exchange, told of its client when that is accepted, and what is the same in all
/// its requests encoded then. Not thread-safe.
/// </summary>
/// <param name="sendForwarded">Also send RFC 7239 <c>Forwarded</c>.</param>
internal sealed class Forwarding(bool sendForwarded)
{
    private readonly byte[] _claims = new byte[256];
    private int _claimsLength;
    private int _addressLength;

    /// <summary>What is added to the request's <c>Via</c>. Null = nothing, the default: what it came with passes.</summary>
    public ViaElement? Via { get; set; }

    public bool SendsForwarded => sendForwarded;

    /// <summary>The scheme clients use here; at most 8 bytes. Default <c>http</c>.</summary>
    public byte[] Scheme { get; init; } = "http"u8.ToArray();

    /// <summary>
    /// Sent as Host for an HTTP/1.0 request that names none: the listener's own address (RFC 9110 section 7.2). Default empty.
    /// </summary>
    public byte[] DefaultAuthority { get; init; } = [];

    /// <summary>A cookie of ours, which the backend must not see. Empty = none, the default.</summary>
    public byte[] StrippedCookie { get; set; } = [];

    /// <summary>The peer's address as text, without port or brackets.</summary>
    public ReadOnlySpan<byte> ClientAddress => _claims.AsSpan("X-Forwarded-For: ".Length, _addressLength);

    /// <summary>All we say of a client that is not trusted, up to the value of <c>X-Forwarded-Host</c>.</summary>
    public ReadOnlySpan<byte> Claims => _claims.AsSpan(0, _claimsLength);

    /// <summary>True when <c>Forwarded</c> must quote and bracket the address (RFC 7239 section 6).</summary>
    public bool ClientIsIPv6 { get; private set; }

    /// <summary>What the client says of those before it is passed on and added to; else it is replaced.</summary>
    public bool TrustsClient { get; private set; }

    /// <summary>The client came over TLS, to us or to a proxy that we trust.</summary>
    public bool IsSecure(HeaderTable headers) =>
        (TrustsClient && ForwardedChain.Read(headers).Scheme is { IsEmpty: false } said ? said : Scheme).SequenceEqual("https"u8);

    public void SetClient(PeerAddress peer, bool trusted)
    {
        Span<byte> address = stackalloc byte[PeerAddress.MaxTextLength];
        _addressLength = peer.Format(address);
        ClientIsIPv6 = peer.IsIPv6;
        TrustsClient = trusted;
        var writer = new WireWriter(_claims);
        writer.Write("X-Forwarded-For: "u8);
        writer.Write(address[.._addressLength]);
        writer.Write("\r\nX-Forwarded-Proto: "u8);
        writer.Write(Scheme);
        writer.Write("\r\nX-Forwarded-Host: "u8);
        _claimsLength = writer.Result;
    }
}
