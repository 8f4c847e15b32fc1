namespace ClusterLb.Node.Terminal;

/// <summary>Texts on lines that may be too short for them: words stay whole.</summary>
internal static class Words
{
    private const string More = "…";

    /// <summary>As many whole words as fit in so many characters; what was left out shows as <c>…</c> behind them.</summary>
    /// <param name="width">1 or more.</param>
    public static string Cut(string text, int width)
    {
        if (text.Length <= width) return text;
        // Behind the last word that fits stand a space and the mark.
        var end = width < 3 ? -1 : text.LastIndexOf(' ', width - 2);
        return end <= 0 ? More : $"{text[..end].TrimEnd()} {More}";
    }

    /// <summary>A text on as many lines as it needs; a word that is longer than a line is cut.</summary>
    /// <param name="width">Cells of a line; 1 or more.</param>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ').Select(word => CellText.Cut(word, width)))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (CellText.Width(longer) > width)
            {
                yield return line;
                longer = word;
            }

            line = longer;
        }

        yield return line;
    }

    /// <summary>Items beside each other, on as many lines as they need; one that is wider than a line is left out.</summary>
    public static IEnumerable<string> Flow(IEnumerable<string> items, int width, string gap)
    {
        var line = "";
        foreach (var item in items.Where(item => item.Length <= width))
        {
            var longer = line.Length == 0 ? item : line + gap + item;
            if (longer.Length > width)
            {
                yield return line;
                longer = item;
            }

            line = longer;
        }

        if (line.Length > 0) yield return line;
    }
}
