using System.Text;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary><c>include "x.conf"</c>, in which <c>file(...)</c> says nothing more, and <c>required(...)</c> that it must be there.</summary>
/// <param name="Name">Of the file, as it is written.</param>
internal sealed record HoconInclude(HoconPlace Place, string Name, bool IsRequired)
{
    /// <summary>Longer than any of the words that may stand round a name.</summary>
    private const int LongestWords = 64;

    /// <summary>Takes the statement; the word <c>include</c> is next.</summary>
    public static HoconInclude Read(HoconTokens tokens)
    {
        var place = tokens.Take().Place;
        var words = ReadWords(tokens);
        if (words.Contains("url(", StringComparison.Ordinal) || words.Contains("classpath(", StringComparison.Ordinal))
            throw new HoconException(place, "only files can be included; it must be include \"FILE\" or include required(\"FILE\")");
        if (words is not ("" or "file(" or "required(" or "required(file(") || !tokens.IsNext(HoconTokenKind.Quoted))
            throw new HoconException(place, "include must be followed by a file's name in quotes; a key of that name needs quotes");
        var name = tokens.Take().Text;
        for (var open = words.Count(c => c == '('); open > 0;) open -= ReadClosing(tokens, open);
        if (name.Length == 0) throw new HoconException(place, "the name after include is empty; it must be a file");
        if (name.Contains("://", StringComparison.Ordinal))
            throw new HoconException(place, $"only files can be included; \"{name}\" must be the name of one");
        return new HoconInclude(place, name, words.StartsWith("required(", StringComparison.Ordinal));
    }

    /// <summary>What stands before the name, without its spaces.</summary>
    private static string ReadWords(HoconTokens tokens)
    {
        var words = new StringBuilder();
        tokens.SkipNewLines();
        while (tokens.IsNext(HoconTokenKind.Text) && words.Length < LongestWords)
        {
            words.Append(tokens.Take().Text);
            tokens.SkipNewLines();
        }

        return words.ToString();
    }

    private static int ReadClosing(HoconTokens tokens, int open)
    {
        tokens.SkipNewLines();
        var text = tokens.IsNext(HoconTokenKind.Text) ? tokens.Next.Text : "";
        if (text.Length == 0 || text.Length > open || text.Any(c => c != ')')) throw tokens.Unexpected("')' after the file's name");
        tokens.Take();
        return text.Length;
    }
}
