using System.Net;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>A host and perhaps a port (RFC 3986 section 3.2, without user information, which RFC 9110 section 4.2.4 bids us refuse).</summary>
internal readonly struct Authority(Slice text, Slice host, int port)
{
    private const int LongestHost = 255;

    /// <summary>As received.</summary>
    public Slice Text { get; } = text;

    /// <summary>Without port; an IPv6 literal keeps its brackets.</summary>
    public Slice Host { get; } = host;

    /// <summary>-1 = none given.</summary>
    public int Port { get; } = port;

    public bool IsMissing => Text.IsEmpty;

    public static bool TryParse(ReadOnlySpan<byte> bytes, Slice text, out Authority authority)
    {
        var span = text.Of(bytes);
        var hostLength = HostLength(span);
        var port = -1;
        var valid = hostLength is > 0 and <= LongestHost && TryParsePort(span[hostLength..], out port);
        authority = valid ? new Authority(text, new Slice(text.Start, hostLength), port) : default;
        return valid;
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
        var literal = text[1..close];
        return !literal.ContainsAnyExcept(Grammar.AddressLiteral) && literal.Contains((byte)':') && IPAddress.IsValidUtf8(literal) ? close + 1 : 0;
    }

    private static bool HasValidEscapes(ReadOnlySpan<byte> host)
    {
        for (var at = host.IndexOf((byte)'%'); at >= 0;)
        {
            if (at + 2 >= host.Length || !char.IsAsciiHexDigit((char)host[at + 1]) || !char.IsAsciiHexDigit((char)host[at + 2])) return false;
            var next = host[(at + 3)..].IndexOf((byte)'%');
            at = next < 0 ? -1 : at + 3 + next;
        }

        return true;
    }

    /// <summary>Nothing, or a colon and up to five digits; RFC 3986 lets the digits be absent.</summary>
    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = -1;
        if (text.IsEmpty) return true;
        if (text[0] != ':' || text.Length > 6) return false;
        if (text.Length == 1) return true;
        port = (int)Grammar.ParseDecimal(text[1..]);
        return port is >= 0 and <= 65_535;
    }
}
