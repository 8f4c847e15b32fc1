namespace ClusterLb.DataPlane.Messages;

/// <summary>How a client came, as proxies say it.</summary>
internal static class ForwardedScheme
{
    /// <summary>
    /// <c>http</c>, <c>https</c>, or nothing. Some (Traefik) say <c>ws</c> and <c>wss</c> of an upgrade, which is a request over the same
    /// two.
    /// </summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> text)
    {
        if (Grammar.EqualsIgnoreCase(text, "https"u8) || Grammar.EqualsIgnoreCase(text, "wss"u8)) return "https"u8;
        return Grammar.EqualsIgnoreCase(text, "http"u8) || Grammar.EqualsIgnoreCase(text, "ws"u8) ? "http"u8 : default;
    }
}
