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
        if (after.Held is { } held && before.Held is null)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{key.Source} lacks {held.Missing} of {held.Of} backends at once; "
                + $"they are held back for {FoundSet.Patience.TotalSeconds} s");
        if (before.Held is not null && after.Held is null && after.Problem.Length == 0)
            yield return Gone(before, after) is var gone and > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{key.Source} still lacks {gone} backends; they leave")
                : $"{key.Source} has those again that were held back";
        if (after.Problem.Length > 0 && after.Problem != before.Problem)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{key.Source} names nobody: {after.Problem}; its {after.Backends.Count} backends stay");
        if (after.LeftOut > 0 && after.LeftOut != before.LeftOut)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{key.Source} has {after.LeftOut} backends more than max = {max}; they are left out");
        if (Changes(before, after) is { Length: > 0 } changes) yield return $"{key.Source} {changes}";
        else if (before.Problem.Length > 0 && after.Problem.Length == 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{key.Source} has {after.Backends.Count} backends");
    }

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
