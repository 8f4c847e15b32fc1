using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClusterLb.Core.Printing;

/// <summary>
/// Text as a terminal may show it. What others wrote can hold bytes that a terminal obeys (ESC, the C1 controls U+0080 to U+009F), that
/// turn a line around (bidirectional controls) or that begin a new one (U+2028, U+2029): these are written as escapes, which JSON reads as
/// the same text.
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
    public static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> to)
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
            if (text[0] is (byte)'\\' or (byte)'"') to.Write([(byte)'\\', text[0]]);
            else if (status != OperationStatus.Done) foreach (var one in text[..length]) Escape('x', one, to);
            else if (IsPrintable(rune)) to.Write(text[..length]);
            else WriteEscaped(rune, to);
            text = text[length..];
        }
    }

    /// <summary>
    /// Bytes that should be UTF-8 as UTF-8, for whoever escapes the rest: what is none becomes <c>\xNN</c> as in <see cref="Write"/>, and a
    /// <c>\</c> two. Any thread.
    /// </summary>
    public static void WriteUtf8(ReadOnlySpan<byte> text, IBufferWriter<byte> to)
    {
        while (text.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(text, out _, out var length);
            if (text[0] == '\\') to.Write("\\\\"u8);
            else if (status == OperationStatus.Done) to.Write(text[..length]);
            else foreach (var one in text[..length]) Escape('x', one, to);
            text = text[length..];
        }
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.OtherNotAssigned);

    private static void WriteEscaped(Rune rune, IBufferWriter<byte> to)
    {
        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)]) Escape('u', unit, to);
    }

    private static void Escape(char kind, int value, IBufferWriter<byte> to)
    {
        Span<byte> digits = stackalloc byte[4];
        value.TryFormat(digits, out var length, kind == 'x' ? "x2" : "x4", CultureInfo.InvariantCulture);
        to.Write([(byte)'\\', (byte)kind]);
        to.Write(digits[..length]);
    }
}
