using System.Globalization;
using System.Text;
using Spectre.Console;

namespace ClusterLb.Node.Terminal;

/// <summary>Text as a terminal lays it out: in cells, of which a wide character takes two and a combining one none.</summary>
internal static class CellText
{
    /// <summary>The same count that the tables are laid out by.</summary>
    public static int Width(string text) => text.GetCellWidth();

    /// <summary>A text in so many cells at most: what does not fit is cut, never within a character, and shows it.</summary>
    /// <param name="text">One line.</param>
    /// <param name="width">1 or more.</param>
    public static string Cut(string text, int width)
    {
        if (Width(text) <= width) return text;
        var (kept, used) = (new StringBuilder(), 0);
        var characters = StringInfo.GetTextElementEnumerator(text);
        while (characters.MoveNext())
        {
            var character = characters.GetTextElement();
            used += Width(character);
            if (used > width - 1) break;
            kept.Append(character);
        }

        return kept.Append('…').ToString();
    }
}
