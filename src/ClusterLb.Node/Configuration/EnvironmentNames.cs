using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// Keys as names of variables: <c>CLUSTERLB__POOLS__APP__SLOW_START</c> is <c>pools.app.slow-start</c>. Two underscores part names, one is
/// a dash, and case does not count; three and two hexadecimal digits are the character with that code, for what cannot be written so:
/// <c>MY___2EPOOL</c> is <c>my.pool</c>. A name without codes finds the key that is there, whatever its case and its signs.
/// </summary>
internal static partial class EnvironmentNames
{
    private const string Prefix = "CLUSTERLB__";

    public static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <param name="name">Of the variable.</param>
    /// <param name="known">What is set already; null when it is no block.</param>
    /// <param name="problem">Why there is none.</param>
    /// <returns>Null when it could be more than one key, or is none.</returns>
    public static IReadOnlyList<string>? KeyOf(string name, HoconObject? known, out string problem)
    {
        problem = "is no name of a key; names are joined by two underscores, such as CLUSTERLB__NODE__NAME";
        var key = new List<string>();
        foreach (var part in PartsOf(name[Prefix.Length..]))
        {
            var meant = part.IsSpelled || known?.Definitions(part.Name).Count > 0
                ? []
                : known?.Keys.Where(there => Fold(there) == part.Name).ToList() ?? [];
            if (meant.Count > 1)
            {
                var spelled = meant.Select(there => $"{HoconPath.Quote(there)} ({NameOf([.. key, there])})");
                problem = $"could be {string.Join(" or ", spelled)}; it must be spelled so";
                return null;
            }

            key.Add(meant is [var one] ? one : part.Name);
            known = known?.Definitions(key[^1]) is [.., HoconObject block] ? block : null;
        }

        return key.Contains("") || key.Count > HoconPath.MaxDepth ? null : key;
    }

    /// <summary>The variable that reaches a key and no other.</summary>
    public static string NameOf(IEnumerable<string> key) => Prefix + string.Join("__", key.Select(Spell));

    private static List<(string Name, bool IsSpelled)> PartsOf(string text)
    {
        var parts = new List<(string, bool)>();
        var (name, isSpelled) = (new StringBuilder(), false);
        foreach (Match piece in PiecePattern().Matches(text))
        {
            if (piece.Groups["code"] is { Success: true } code)
            {
                isSpelled = true;
                name.Append((char)byte.Parse(code.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            }
            else if (piece.Value != "__")
            {
                name.Append(piece.Value == "_" ? "-" : piece.Value.ToLowerInvariant());
            }
            else
            {
                parts.Add((name.ToString(), isSpelled));
                (name, isSpelled) = (new StringBuilder(), false);
            }
        }

        parts.Add((name.ToString(), isSpelled));
        return parts;
    }

    private static string Fold(string name) => FoldPattern().Replace(name.ToLowerInvariant(), "-");

    /// <summary>A dash is an underscore only where it cannot be taken for part of two or three.</summary>
    private static string Spell(string name) => string.Concat(name.Select((c, i) => c switch
    {
        '-' when IsPlain(name.ElementAtOrDefault(i - 1)) && IsPlain(name.ElementAtOrDefault(i + 1)) => "_",
        _ when IsPlain(c) => char.ToUpperInvariant(c).ToString(),
        _ => string.Create(CultureInfo.InvariantCulture, $"___{(int)c:X2}"),
    }));

    private static bool IsPlain(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    [GeneratedRegex("___(?<code>[0-9A-Fa-f]{2})|__|_|[^_]+")]
    private static partial Regex PiecePattern();

    [GeneratedRegex("[._]")]
    private static partial Regex FoldPattern();
}
