using System.Globalization;
using System.Text;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Names between dots, which lead to a value: <c>pools."my.pool".queue</c>.</summary>
internal static class HoconPath
{
    /// <summary>Names of a path, blocks in blocks: far deeper than any configuration, far shallower than the stack.</summary>
    public const int MaxDepth = 64;

    /// <summary>A text that is a path.</summary>
    /// <exception cref="HoconException">It is none.</exception>
    public static IReadOnlyList<string> Parse(string source, string text)
    {
        var tokens = new HoconTokens(source, text, hasLines: false);
        var path = Read(tokens, "a key");
        if (path.Count > MaxDepth) throw TooDeep(new HoconPlace(source));
        return tokens.IsNext(HoconTokenKind.End) ? path : throw tokens.Unexpected("a key");
    }

    /// <summary>Takes a path: what stands in quotes belongs to a name as it is, a dot outside them ends one.</summary>
    /// <param name="expected">What to call it when there is none.</param>
    public static IReadOnlyList<string> Read(HoconTokens tokens, string expected)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        var (isFirst, isQuoted) = (true, false);
        while (tokens.Next is { Kind: HoconTokenKind.Text or HoconTokenKind.Quoted } token)
        {
            if (!isFirst) name.Append(token.Space);
            isFirst = false;
            var parts = token.Kind == HoconTokenKind.Quoted ? [token.Text] : token.Text.Split('.');
            for (var i = 0; i < parts.Length; i++)
            {
                if (i > 0) EndName();
                name.Append(parts[i]);
            }

            isQuoted |= token.Kind == HoconTokenKind.Quoted;
            tokens.Take();
        }

        EndName();
        return names;

        void EndName()
        {
            // An empty name is legal, but only where somebody wrote it on purpose.
            if (!isQuoted && string.IsNullOrWhiteSpace(name.ToString()))
            {
                if (isFirst) throw tokens.Unexpected(expected);
                throw new HoconException(
                    tokens.Next.Place, $"nothing stands at one side of a dot; expected {expected}, in which an empty name needs quotes");
            }

            names.Add(name.ToString());
            name.Clear();
            isQuoted = false;
        }
    }

    public static HoconException TooDeep(HoconPlace place) => new(place, $"blocks, lists or keys are nested more than {MaxDepth} deep");

    /// <summary>As it is written.</summary>
    public static string Print(IEnumerable<string> names) => string.Join('.', names.Select(Quote));

    /// <summary>A name as it stands in a path, in quotes where it needs them.</summary>
    public static string Quote(string name)
    {
        if (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return name;
        var quoted = new StringBuilder("\"");
        foreach (var c in name)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c < ' ') quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
