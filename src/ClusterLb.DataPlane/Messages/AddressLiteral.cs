using System.Globalization;

namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// Addresses as RFC 3986 section 3.2.2 spells them: four decimal numbers or an IPv6 address. Neither a zone nor a number that only some
/// libraries take for an address. Allocates nothing.
/// </summary>
internal static class AddressLiteral
{
    public const int MaxBytes = 16;

    private const int Unknown = -1;

    /// <summary>The address in network order: 4 or 16 bytes; 0 = it is none.</summary>
    public static int Read(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (text.ContainsAnyExcept(Grammar.AddressLiteral)) return 0;
        if (text.Contains((byte)':')) return TryReadIPv6(text, bytes[..MaxBytes]) ? 16 : 0;
        return TryReadIPv4(text, bytes) ? 4 : 0;
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        var (length, zerosAt) = (0, text.StartsWith("::"u8) ? 0 : Unknown);
        if (zerosAt == 0) text = text[2..];
        while (!text.IsEmpty)
        {
            var colon = text.IndexOf((byte)':');
            if (!TryReadGroup(colon < 0 ? text : text[..colon], isLast: colon < 0, bytes, ref length)) return false;
            if (colon < 0) break;
            text = text[(colon + 1)..];
            if (text.IsEmpty) return false;
            if (text[0] != ':') continue;
            if (zerosAt != Unknown) return false;
            zerosAt = length;
            text = text[1..];
        }

        if (zerosAt == Unknown) return length == MaxBytes;
        if (length == MaxBytes) return false;
        var after = length - zerosAt;
        bytes[zerosAt..length].CopyTo(bytes[^after..]);
        bytes[zerosAt..^after].Clear();
        return true;
    }

    /// <summary>One to four hexadecimal digits, or an IPv4 address at the end.</summary>
    private static bool TryReadGroup(ReadOnlySpan<byte> group, bool isLast, Span<byte> bytes, ref int length)
    {
        var isIPv4 = isLast && group.Contains((byte)'.');
        var size = isIPv4 ? 4 : 2;
        if (length + size > bytes.Length) return false;
        var rest = bytes[length..];
        length += size;
        if (isIPv4) return TryReadIPv4(group, rest);
        if (group.Length > 4 || !ushort.TryParse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        (rest[0], rest[1]) = ((byte)(value >> 8), (byte)value);
        return true;
    }

    private static bool TryReadIPv4(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        for (var i = 0; i < 4; i++)
        {
            var dot = text.IndexOf((byte)'.');
            if (dot < 0 != (i == 3)) return false;
            var number = dot < 0 ? text : text[..dot];
            // With a zero before it, it is octal to some.
            if (number.Length > 1 && number[0] == '0') return false;
            if (!byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i])) return false;
            text = text[(dot + 1)..];
        }

        return true;
    }
}
