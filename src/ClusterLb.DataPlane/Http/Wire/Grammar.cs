using System.Buffers;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Character classes of RFC 9110 and 9112, and the small parsers of field values.</summary>
internal static class Grammar
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>tchar, RFC 9110 5.6.2.</summary>
    private static readonly SearchValues<byte> s_token = SearchValues.Create(Bytes(Alphanumeric + "!#$%&'*+-.^_`|~"));

    /// <summary>What no field value, reason or extension may hold: controls but HTAB, and DEL (RFC 9110, 5.5).</summary>
    private static readonly SearchValues<byte> s_controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), 127]);

    /// <summary>Visible ASCII without <c>#</c>: a fragment never travels (RFC 9112, 3.2).</summary>
    private static readonly SearchValues<byte> s_target = SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x20).Where(c => c != '#').Select(c => (byte)c)]);

    /// <summary>reg-name of RFC 3986 3.2.2 without the comma: a list of hosts is not a host.</summary>
    private static readonly SearchValues<byte> s_host = SearchValues.Create(Bytes(Alphanumeric + "-._~%!$&'()*+;="));

    private static readonly SearchValues<byte> s_ipLiteral = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(s_token) < 0;

    public static bool IsFieldValue(ReadOnlySpan<byte> text) => text.IndexOfAny(s_controls) < 0;

    public static bool IsTarget(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(s_target) < 0;

    /// <summary>True when an unfinished line already holds what no line may: it need not be waited for.</summary>
    public static bool IsHopeless(ReadOnlySpan<byte> partialLine)
    {
        var control = partialLine.IndexOfAny(s_controls);
        return control >= 0 && (partialLine[control] != '\r' || control != partialLine.Length - 1);
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    /// <summary>host [":" port]; returns the host's length, or -1 when it is no authority. An empty port is one (RFC 3986, 3.2.3).</summary>
    public static int HostLength(ReadOnlySpan<byte> authority)
    {
        int length;
        if (authority.Length > 0 && authority[0] == '[')
        {
            length = authority.IndexOf((byte)']') + 1;
            if (length < 4 || authority[1..(length - 1)].IndexOfAnyExcept(s_ipLiteral) >= 0) return -1;
        }
        else
        {
            length = authority.IndexOf((byte)':');
            if (length < 0) length = authority.Length;
            if (length == 0 || authority[..length].IndexOfAnyExcept(s_host) >= 0) return -1;
        }

        var rest = authority[length..];
        return rest.IsEmpty || (rest[0] == ':' && IsPort(rest[1..])) ? length : -1;
    }

    /// <summary>1*DIGIT up to 2^63-1, or -1.</summary>
    public static long ParseLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > 19) return -1;
        ulong value = 0;
        foreach (var c in text)
        {
            var digit = (uint)(c - '0');
            if (digit > 9) return -1;
            value = (value * 10) + digit;
        }

        return value <= long.MaxValue ? (long)value : -1;
    }

    /// <summary>Takes the next element of a comma-separated list off the text. False when none is left; an element may be empty.</summary>
    public static bool NextElement(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        if (list.IsEmpty)
        {
            element = default;
            return false;
        }

        var comma = list.IndexOf((byte)',');
        element = Trim(comma < 0 ? list : list[..comma]);
        list = comma < 0 ? default : list[(comma + 1)..];
        return true;
    }

    private static bool IsPort(ReadOnlySpan<byte> text) => text.IsEmpty || (text.Length <= 5 && ParseLength(text) is >= 0 and <= ushort.MaxValue);

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
