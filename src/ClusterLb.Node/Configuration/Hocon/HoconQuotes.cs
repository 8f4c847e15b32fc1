using System.Globalization;
using System.Text;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Texts in quotes, as JSON has them, and in three quotes.</summary>
internal static class HoconQuotes
{
    private const string Three = "\"\"\"";

    /// <summary>The text in the quotes that the cursor stands at.</summary>
    public static string Read(HoconCursor cursor) => cursor.IsAt(Three) ? ReadThree(cursor) : ReadOne(cursor);

    private static string ReadOne(HoconCursor cursor)
    {
        var opened = cursor.Place;
        var text = new StringBuilder();
        cursor.Move();
        while (true)
        {
            var c = cursor.Peek();
            if (cursor.AtEnd || c == '\n' || (c == '\r' && cursor.Peek(1) == '\n'))
                throw new HoconException(opened, "a quoted text is not closed; '\"' is missing");
            if (c < ' ')
                throw new HoconException(cursor.Place, "a quoted text holds a control character; it must be an escape such as \\t");
            if (c == '\\')
            {
                text.Append(ReadEscape(cursor));
                continue;
            }

            cursor.Move();
            if (c == '"') return text.ToString();
            text.Append(c);
        }
    }

    private static char ReadEscape(HoconCursor cursor)
    {
        var sign = cursor.Peek(1);
        char? meant = sign switch
        {
            '"' or '\\' or '/' => sign,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => ReadCode(cursor),
            _ => null,
        };
        if (meant is not { } c)
        {
            throw new HoconException(
                cursor.Place,
                "a backslash must begin an escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and 4 hexadecimal digits");
        }

        cursor.Move(sign == 'u' ? 6 : 2);
        return c;
    }

    /// <summary>Four digits and nothing else: the library's own would take spaces, too.</summary>
    private static char? ReadCode(HoconCursor cursor)
    {
        char[] digits = [cursor.Peek(2), cursor.Peek(3), cursor.Peek(4), cursor.Peek(5)];
        if (!Array.TrueForAll(digits, char.IsAsciiHexDigit)) return null;
        return (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>As it stands; of more than three quotes at its end the last three close it.</summary>
    private static string ReadThree(HoconCursor cursor)
    {
        var opened = cursor.Place;
        cursor.Move(Three.Length);
        var start = cursor.Position;
        while (!cursor.AtEnd && !cursor.IsAt(Three)) cursor.Move();
        if (cursor.AtEnd) throw new HoconException(opened, "a triple-quoted text is not closed; '\"\"\"' is missing");
        while (cursor.Peek(Three.Length) == '"') cursor.Move();
        var text = cursor.Since(start);
        cursor.Move(Three.Length);
        return text;
    }
}
