namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>
/// The scheme and host that the first client used, as trusted proxies say: by the first
/// element of <c>X-Forwarded-Proto</c> and <c>-Host</c>, else by that of <c>Forwarded</c>.
/// </summary>
internal readonly ref struct ForwardedOrigin
{
    private ForwardedOrigin(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> host)
    {
        Scheme = scheme;
        Host = host;
    }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>Valid; perhaps with a port.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <param name="headers">Of the request.</param>
    /// <param name="received">The buffer they were parsed from.</param>
    /// <param name="scheme">When nobody says.</param>
    /// <param name="host">When nobody says.</param>
    public static ForwardedOrigin Read(HeaderTable headers, ReadOnlySpan<byte> received, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> host)
    {
        var elements = new ForwardedElements(headers, received);
        var first = elements.MoveNext() ? elements.Current : default;
        var proto = SchemeIn(FirstOf(headers, received, KnownHeader.XForwardedProto));
        if (proto.IsEmpty) proto = SchemeIn(first.Proto);
        var named = FirstOf(headers, received, KnownHeader.XForwardedHost);
        if (!IsHost(named)) named = first.Host;
        return new ForwardedOrigin(proto.IsEmpty ? scheme : proto, IsHost(named) ? named : host);
    }

    private static ReadOnlySpan<byte> FirstOf(HeaderTable headers, ReadOnlySpan<byte> received, KnownHeader known)
    {
        if (!headers.TryGet(known, out var value)) return default;
        foreach (var element in new ListElements(received, value))
        {
            if (!element.IsEmpty) return element.Of(received);
        }

        return default;
    }

    private static ReadOnlySpan<byte> SchemeIn(ReadOnlySpan<byte> text)
    {
        if (Grammar.EqualsIgnoreCase(text, "https"u8)) return "https"u8;
        return Grammar.EqualsIgnoreCase(text, "http"u8) ? "http"u8 : default;
    }

    private static bool IsHost(ReadOnlySpan<byte> text) => !text.IsEmpty && Authority.TryParse(text, new Slice(0, text.Length), out _);
}
