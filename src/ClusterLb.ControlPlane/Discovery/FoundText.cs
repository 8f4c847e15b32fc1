using System.Globalization;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>What an answer of a source has changed, in one line for operators: pure.</summary>
internal static class FoundText
{
    private const int MostNamed = 10;

    /// <summary>Every line that the step from one to the other is worth.</summary>
    public static IEnumerable<string> Of(FoundSet before, FoundSet after, SourceKey key, int max)
    {
        var changes = Changes(before, after);
        string[] lines =
        [
            after.Held is { } held && before.Held is null ? TextOf(held) : "",
            before.Held is not null && after.Held is null && after.Problem.Length == 0 ? TextOfEnd(Gone(before, after)) : "",
            after.Problem.Length > 0 && after.Problem != before.Problem
                ? string.Create(CultureInfo.InvariantCulture, $"names nobody: {after.Problem}; its {after.Backends.Count} backends stay")
                : "",
            after.LeftOut > 0 && after.LeftOut != before.LeftOut
                ? string.Create(CultureInfo.InvariantCulture, $"has {after.LeftOut} backends more than max = {max}; they are left out")
                : "",
            changes.Length == 0 && before.Problem.Length > 0 && after.Problem.Length == 0
                ? string.Create(CultureInfo.InvariantCulture, $"has {after.Backends.Count} backends")
                : changes,
        ];
        return lines.Where(line => line.Length > 0).Select(line => $"{key.Source} {line}");
    }

    private static string TextOf(Hold held) => string.Create(CultureInfo.InvariantCulture,
        $"lacks {held.Missing} of {held.Of} backends at once; they are held back for {FoundSet.Patience.TotalSeconds} s");

    private static string TextOfEnd(int gone) => gone > 0
        ? string.Create(CultureInfo.InvariantCulture, $"still lacks {gone} backends; they leave")
        : "has those again that were held back";

    private static int Gone(FoundSet before, FoundSet after) =>
        before.Backends.ExceptBy(after.Backends.Select(backend => backend.Name), backend => backend.Name).Count();

    private static string Changes(FoundSet before, FoundSet after)
    {
        var (olds, news) = (before.Backends.ToDictionary(one => one.Name), after.Backends.ToDictionary(one => one.Name));
        string[] parts =
        [
            Some("has", [.. news.Keys.Where(name => !olds.ContainsKey(name))]),
            Some("has no more", [.. olds.Keys.Where(name => !news.ContainsKey(name))]),
            Some("has changed", [.. news.Keys.Where(name => olds.TryGetValue(name, out var old) && old != news[name])]),
        ];
        return string.Join("; ", parts.Where(part => part.Length > 0));
    }

    private static string Some(string what, string[] names) => names.Length switch
    {
        0 => "",
        <= MostNamed => $"{what} {string.Join(", ", names)}",
        _ => string.Create(CultureInfo.InvariantCulture,
            $"{what} {string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more"),
    };
}
