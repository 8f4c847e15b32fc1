using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Routing;

/// <summary>
/// The one form that a request's path has before anything matches it, and in which it goes upstream (RFC 3986 section 6.2.2): routes, hash
/// keys and backends never see two spellings of one path. Pure; works in place, for a form is never longer than what was received.
/// Allocates nothing.
/// </summary>
/// <param name="MergesSlashes">Empty segments are left out; not those of <see cref="PathForm.Strict"/>, which refuses them.</param>
public readonly record struct PathRules(PathForm Form, bool MergesSlashes)
{
    /// <summary>What a refusal says in the log.</summary>
    public const string BadEncoding = "% in the path without two hexadecimal digits";
    public const string AboveRoot = "path leaves the root";
    public const string HiddenDots = "dot segment behind an encoded separator";
    public const string NotStrict = "path is not in strict form";

    /// <summary>Gives a path its form.</summary>
    /// <param name="path">Begins with <c>/</c>, without query; overwritten from its start on, also when it is refused.</param>
    /// <param name="length">Of the form.</param>
    /// <returns>Null, or why the request must be refused (400).</returns>
    public string? Apply(Span<byte> path, out int length)
    {
        length = path.Length;
        if (IsInForm(path)) return null;
        if (Form == PathForm.Raw)
        {
            length = MergeSlashes(path);
            return null;
        }

        if (Form == PathForm.Strict && !IsStrict(path)) return NotStrict;
        length = Decode(path);
        return length < 0 ? BadEncoding : RemoveDots(path, ref length);
    }

    /// <summary>Most paths hold nothing that could be spelled in two ways.</summary>
    public bool IsInForm(ReadOnlySpan<byte> path)
    {
        if ((MergesSlashes || Form == PathForm.Strict) && path.IndexOf("//"u8) >= 0) return false;
        return Form == PathForm.Raw || (!path.ContainsAny((byte)'%', (byte)'\\') && path.IndexOf("/."u8) < 0);
    }

    private static bool IsStrict(ReadOnlySpan<byte> path)
    {
        if (path.Contains((byte)'\\') || path.IndexOf("//"u8) >= 0) return false;
        for (var rest = path; rest.IndexOf((byte)'%') is var at and >= 0; rest = rest[(at + 1)..])
        {
            if (HexPair(rest[(at + 1)..]) is '/' or '\\' or '.' or 0) return false;
        }

        for (var rest = path; rest.IndexOf("/."u8) is var at and >= 0; rest = rest[(at + 1)..])
        {
            var segment = SegmentOf(rest[(at + 1)..]);
            if (IsDots(NameOf(segment))) return false;
        }

        return true;
    }

    /// <summary>
    /// Unreserved characters as they are, the hexadecimal digits of all others in upper case (RFC 3986 section 6.2.2.1 and 2); -1 =
    /// malformed.
    /// </summary>
    private static int Decode(Span<byte> path)
    {
        var written = 0;
        for (var read = 0; read < path.Length; read++)
        {
            if (path[read] != '%')
            {
                path[written++] = path[read];
                continue;
            }

            var value = HexPair(path[(read + 1)..]);
            if (value < 0) return -1;
            if (IsUnreserved(value))
            {
                path[written++] = (byte)value;
            }
            else
            {
                (path[written], path[written + 1], path[written + 2]) = ((byte)'%', HexDigit(value >> 4), HexDigit(value & 15));
                written += 3;
            }

            read += 2;
        }

        return written;
    }

    /// <summary>RFC 3986 section 5.2.4, but nobody climbs above the root.</summary>
    private string? RemoveDots(Span<byte> path, ref int length)
    {
        var written = 0;
        for (var read = 0; read < length;)
        {
            var segment = SegmentOf(path[(read + 1)..length]);
            var isLast = read + 1 + segment.Length == length;
            if (segment.SequenceEqual(".."u8))
            {
                if (written == 0) return AboveRoot;
                written = path[..written].LastIndexOf((byte)'/');
            }
            else if (!segment.SequenceEqual("."u8))
            {
                if (HidesDots(segment)) return HiddenDots;
                read += 1 + segment.Length;
                if (segment.IsEmpty && !isLast && MergesSlashes) continue;
                path[written++] = (byte)'/';
                segment.CopyTo(path[written..]);
                written += segment.Length;
                continue;
            }

            read += 1 + segment.Length;
            if (isLast) path[written++] = (byte)'/';
        }

        length = written;
        return null;
    }

    /// <summary>
    /// Encoded separators are data here, and parameters belong to a segment. Some servers decode the ones and cut off the others before
    /// they look for dots, so that <c>..%2F</c> and <c>..;x</c> climb there.
    /// </summary>
    private static bool HidesDots(ReadOnlySpan<byte> segment)
    {
        if (!segment.ContainsAny((byte)'%', (byte)'\\', (byte)';')) return false;
        while (true)
        {
            var end = SeparatorIn(segment, out var size);
            if (IsDots(NameOf(segment[..end]))) return true;
            if (end == segment.Length) return false;
            segment = segment[(end + size)..];
        }
    }

    /// <summary>Where the first <c>\</c>, <c>%5C</c> or <c>%2F</c> begins, else the end.</summary>
    private static int SeparatorIn(ReadOnlySpan<byte> segment, out int size)
    {
        for (var i = 0; i < segment.Length; i++)
        {
            size = 1;
            if (segment[i] == '\\') return i;
            size = 3;
            if (segment[i] == '%' && HexPair(segment[(i + 1)..]) is '/' or '\\') return i;
        }

        size = 0;
        return segment.Length;
    }

    /// <summary>A segment without its parameters, or what follows a NUL.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> segment)
    {
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == ';' || (segment[i] == '%' && HexPair(segment[(i + 1)..]) is ';' or 0)) return segment[..i];
        }

        return segment;
    }

    private static int MergeSlashes(Span<byte> path)
    {
        var written = 0;
        foreach (var next in path)
        {
            if (next != '/' || written == 0 || path[written - 1] != '/') path[written++] = next;
        }

        return written;
    }

    private static ReadOnlySpan<byte> SegmentOf(ReadOnlySpan<byte> rest) =>
        rest.IndexOf((byte)'/') is var end and >= 0 ? rest[..end] : rest;

    private static bool IsDots(ReadOnlySpan<byte> name) => name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);

    private static bool IsUnreserved(int value) => char.IsAsciiLetterOrDigit((char)value) || value is '-' or '.' or '_' or '~';

    /// <summary>-1 when they are no two hexadecimal digits.</summary>
    private static int HexPair(ReadOnlySpan<byte> text) =>
        text.Length >= 2 && char.IsAsciiHexDigit((char)text[0]) && char.IsAsciiHexDigit((char)text[1])
            ? (HexValue(text[0]) << 4) | HexValue(text[1])
            : -1;

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);
}
