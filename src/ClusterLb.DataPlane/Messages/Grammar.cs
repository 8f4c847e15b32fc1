using System.Buffers;
using System.Text;

namespace ClusterLb.DataPlane.Messages;

/// <summary>The character classes of RFC 9110 section 5.6 and RFC 3986, as vectorised sets, and the few text operations on them.</summary>
internal static class Grammar
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";

    /// <summary>All controls but HTAB: CR begins the only legal line end, every other one is an error wherever it stands.</summary>
    public static readonly SearchValues<byte> LineStops = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>tchar.</summary>
    public static readonly SearchValues<byte> Token = Set("!#$%&'*+-.^_`|~" + Digits + Letters);

    /// <summary>A token, or a host or address with its port: a value without quotes in which no list or parameter ends.</summary>
    public static readonly SearchValues<byte> BareValue = Set("!#$%&'*+-.^_`|~:[]" + Digits + Letters);

    /// <summary>Of a token, what no server takes for another character.</summary>
    public static readonly SearchValues<byte> PlainName = Set("-" + Digits + Letters);

    /// <summary>Visible ASCII but <c>#</c>: a fragment never travels, and two parsers would not agree where the path ends.</summary>
    public static readonly SearchValues<byte> Target = Set("!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~" + Digits + Letters);

    /// <summary>reg-name without the comma, which would be two Hosts joined; <c>%</c> is checked apart.</summary>
    public static readonly SearchValues<byte> RegisteredName = Set("-._~!$&'()*+;=%" + Digits + Letters);

    /// <summary>What may stand between the brackets of an IPv6 literal.</summary>
    public static readonly SearchValues<byte> AddressLiteral = Set(":.abcdefABCDEF" + Digits);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(text, other);

    public static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix) =>
        text.Length >= prefix.Length && Ascii.EqualsIgnoreCase(text[..prefix.Length], prefix);

    /// <summary>Without optional whitespace (SP, HTAB) at both ends.</summary>
    public static Slice Trim(ReadOnlySpan<byte> buffer, int start, int end)
    {
        while (start < end && IsBlank(buffer[start])) start++;
        while (start < end && IsBlank(buffer[end - 1])) end--;
        return Slice.Between(start, end);
    }

    /// <summary>1*DIGIT up to 2^63-1, at most 19 digits; -1 for anything else.</summary>
    public static long ParseDecimal(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > 19) return -1;
        ulong value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return -1;
            value = (value * 10) + (uint)(digit - '0');
        }

        // 19 digits stay below 2^64, so that no overflow goes unseen here.
        return value > long.MaxValue ? -1 : (long)value;
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    private static SearchValues<byte> Set(string characters) => SearchValues.Create(Encoding.ASCII.GetBytes(characters));
}
