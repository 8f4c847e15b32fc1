using System.Globalization;
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
        return $"{string.Concat(Fitting(CharactersOf(text), width - 1))}…";
    }

    /// <summary>The same for names, which differ at their end: what is cut is the middle.</summary>
    public static string CutMiddle(string text, int width)
    {
        if (Width(text) <= width) return text;
        var characters = CharactersOf(text);
        var end = Fitting(characters.AsEnumerable().Reverse(), (width - 1) / 2);
        return $"{string.Concat(Fitting(characters, width / 2))}…{string.Concat(end.AsEnumerable().Reverse())}";
    }

    private static List<string> CharactersOf(string text)
    {
        var characters = new List<string>();
        var all = StringInfo.GetTextElementEnumerator(text);
        while (all.MoveNext()) characters.Add(all.GetTextElement());
        return characters;
    }

    private static List<string> Fitting(IEnumerable<string> characters, int width)
    {
        var (kept, used) = (new List<string>(), 0);
        foreach (var character in characters)
        {
            used += Width(character);
            if (used > width) break;
            kept.Add(character);
        }

        return kept;
    }
}
