using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClusterLb.Core.Printing;

/// <summary>
/// Text as a terminal may show it. What others wrote can hold bytes that a terminal obeys (ESC, the C1 controls U+0080 to U+009F), that
/// turn a line around (bidirectional controls), that begin a new one (U+2028, U+2029) or that look like the space between two fields
/// (U+00A0, U+3000): these are written as escapes, which JSON reads as the same text.
/// </summary>
public static class Printable
{
    /// <summary>What stands for itself among bytes: neither what begins an escape nor what ends a quoted text.</summary>
    private static readonly SearchValues<byte> s_plainBytes = SearchValues.Create(
        Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c).Where(c => c is not ((byte)'\\' or (byte)'"')).ToArray());

    private static readonly SearchValues<char> s_plain = SearchValues.Create(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)
        .ToArray());

    /// <summary>The text itself when there is nothing to escape.</summary>
    public static string Of(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept(s_plain);
        if (first < 0) return text;
        var printable = new StringBuilder(text, 0, first, text.Length + 16);
        for (var rest = text.AsSpan(first); rest.Length > 0;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            if (status == OperationStatus.Done && IsPrintable(rune)) printable.Append(rest[..length]);
            else foreach (var c in rest[..length]) printable.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            rest = rest[length..];
        }

        return printable.ToString();
    }

    /// <summary>The same of a text of several lines, which it stays.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Of));

    /// <summary>
    /// The same of bytes that should be UTF-8; what is none is written as <c>\xNN</c>, and <c>\</c> and <c>"</c> get a
    /// backslash before them, so that nobody can write an escape or end of ours. Any thread; allocates nothing for plain ASCII.
    /// </summary>
    public static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> to) => Write(text, to, "\\"u8);

    /// <summary>
    /// The same spelled as the content of a JSON string: who reads it gets the text itself, but <c>\xNN</c> for what is no UTF-8 and two
    /// backslashes for one. Any thread; allocates nothing for plain ASCII.
    /// </summary>
    public static void WriteJson(ReadOnlySpan<byte> text, IBufferWriter<byte> to) => Write(text, to, "\\\\"u8);

    private static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> to, ReadOnlySpan<byte> backslash)
    {
        while (text.Length > 0)
        {
            var plain = text.IndexOfAnyExcept(s_plainBytes);
            if (plain != 0)
            {
                to.Write(plain < 0 ? text : text[..plain]);
                if (plain < 0) return;
                text = text[plain..];
            }

            var status = Rune.DecodeFromUtf8(text, out var rune, out var length);
            if (text[0] == (byte)'"') to.Write("\\\""u8);
            else if (text[0] == (byte)'\\') WriteTwice(backslash, to);
            else if (status != OperationStatus.Done) WriteBytes(text[..length], to, backslash);
            else if (IsPrintable(rune)) to.Write(text[..length]);
            else WriteEscaped(rune, to);
            text = text[length..];
        }
    }

    private static void WriteTwice(ReadOnlySpan<byte> backslash, IBufferWriter<byte> to)
    {
        to.Write(backslash);
        to.Write(backslash);
    }

    private static void WriteBytes(ReadOnlySpan<byte> bytes, IBufferWriter<byte> to, ReadOnlySpan<byte> backslash)
    {
        foreach (var one in bytes)
        {
            to.Write(backslash);
            Escape("x"u8, one, "x2", to);
        }
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);

    private static void WriteEscaped(Rune rune, IBufferWriter<byte> to)
    {
        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)]) Escape("\\u"u8, unit, "x4", to);
    }

    private static void Escape(ReadOnlySpan<byte> kind, int value, string format, IBufferWriter<byte> to)
    {
        Span<byte> digits = stackalloc byte[4];
        value.TryFormat(digits, out var length, format, CultureInfo.InvariantCulture);
        to.Write(kind);
        to.Write(digits[..length]);
    }
}
