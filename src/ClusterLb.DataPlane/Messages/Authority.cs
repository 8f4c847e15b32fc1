namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// A host and perhaps a port (RFC 3986 section 3.2, without user information, which RFC 9110 section 4.2.4 bids us refuse), as both are
/// sent on and compared: what is left out here, one dot at the end of the host and a colon without a port, changes no meaning.
/// </summary>
internal readonly struct Authority(Slice host, Slice portText, int port)
{
    private const int LongestHost = 255;

    /// <summary>Without port and without the dot that makes a name absolute; an IPv6 literal keeps its brackets.</summary>
    public Slice Host { get; } = host;

    /// <summary>With its colon; empty when there is none.</summary>
    public Slice PortText { get; } = portText;

    /// <summary>-1 = none given.</summary>
    public int Port { get; } = port;

    public bool IsMissing => Host.IsEmpty;

    public static bool TryParse(ReadOnlySpan<byte> bytes, Slice text, out Authority authority)
    {
        authority = default;
        var span = text.Of(bytes);
        var length = HostLength(span);
        if (length is <= 0 or > LongestHost || !TryParsePort(span[length..], out var port)) return false;
        var hasDot = span[length - 1] == '.';
        if (hasDot && (length == 1 || span[length - 2] == '.')) return false;
        var portText = port < 0 ? default : Slice.Between(text.Start + length, text.End);
        authority = new Authority(new Slice(text.Start, hasDot ? length - 1 : length), portText, port);
        return true;
    }

    /// <summary>The same server, whether or not the scheme's default port is spelled out.</summary>
    public bool IsSame(ReadOnlySpan<byte> bytes, Authority other, int defaultPort) =>
        Grammar.EqualsIgnoreCase(Host.Of(bytes), other.Host.Of(bytes))
        && (Port < 0 ? defaultPort : Port) == (other.Port < 0 ? defaultPort : other.Port);

    /// <summary>0 when there is no valid host at the start.</summary>
    private static int HostLength(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && text[0] == '[') return LiteralLength(text);
        var length = text.IndexOfAnyExcept(Grammar.RegisteredName);
        var host = length < 0 ? text : text[..length];
        return HasValidEscapes(host) ? host.Length : 0;
    }

    private static int LiteralLength(ReadOnlySpan<byte> text)
    {
        var close = text.IndexOf((byte)']');
        if (close < 0) return 0;
        Span<byte> bytes = stackalloc byte[AddressLiteral.MaxBytes];
        return AddressLiteral.Read(text[1..close], bytes) == 16 ? close + 1 : 0;
    }

    private static bool HasValidEscapes(ReadOnlySpan<byte> host)
    {
        for (var at = host.IndexOf((byte)'%'); at >= 0;)
        {
            if (at + 2 >= host.Length || !char.IsAsciiHexDigit((char)host[at + 1]) || !char.IsAsciiHexDigit((char)host[at + 2]))
                return false;
            var next = host[(at + 3)..].IndexOf((byte)'%');
            at = next < 0 ? -1 : at + 3 + next;
        }

        return true;
    }

    /// <summary>
    /// Nothing, or a colon and up to five digits, of which RFC 3986 lets all be absent; no leading zero, which some would read as octal.
    /// </summary>
    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = -1;
        if (text.IsEmpty) return true;
        if (text[0] != ':' || text.Length > 6) return false;
        if (text.Length == 1) return true;
        port = (int)Grammar.ParseDecimal(text[1..]);
        return port is >= 0 and <= 65_535 && (text[1] != '0' || text.Length == 2);
    }
}
