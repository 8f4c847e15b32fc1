using System.Globalization;
using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// Keys as messages write them: <c>pools."my.pool".queue.length</c>, <c>listeners.web.routes[0].path</c>. A name is in quotes where it
/// would be in a file.
/// </summary>
internal static partial class ConfigurationKey
{
    public static string Of(params string[] names) => HoconPath.Print(names);

    /// <summary>The values on the way from a block to a key, as far as they are there; the block is not among them.</summary>
    public static IEnumerable<ConfigurationNode> Way(ConfigurationNode from, string key)
    {
        var at = from;
        foreach (Match step in StepPattern().Matches(key))
        {
            var next = step.Groups["item"] is { Success: true } item
                ? (at as ListNode)?.Items.ElementAtOrDefault(int.Parse(item.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture))
                : (at as ObjectNode)?.Members.GetValueOrDefault(NameOf(step));
            if (next is null) yield break;
            yield return at = next;
        }
    }

    /// <summary>The value of a key; null when it is not there.</summary>
    public static ConfigurationNode? Find(ConfigurationNode from, string key)
    {
        var way = Way(from, key).ToList();
        return way.Count > 0 && way.Count == StepPattern().Count(key) ? way[^1] : null;
    }

    /// <summary>Where the operator wrote the deepest part of the key that is there: a default is no place to look at.</summary>
    public static string PlaceOf(ConfigurationNode from, string key) =>
        Way(from, key).Prepend(from).LastOrDefault(at => at.Source != ConfigurationSources.ReferenceName)?.Place ?? "configuration";

    private static string NameOf(Match step) =>
        step.Groups["quoted"] is { Success: true } quoted ? EscapePattern().Replace(quoted.Value, "$1") : step.Value;

    [GeneratedRegex("""
        "(?<quoted>(?:[^"\\]|\\.)*)"|\[(?<item>\d{1,9})\]|[^."\[\]]+
        """)]
    private static partial Regex StepPattern();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex EscapePattern();
}
