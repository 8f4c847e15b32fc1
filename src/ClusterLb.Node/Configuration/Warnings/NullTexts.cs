namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>A text that somebody who has no value writes, and that is a value here.</summary>
internal static class NullTexts
{
    private static readonly string[] s_nothings = ["null", "nil", "undefined"];

    public static IEnumerable<ConfigurationProblem> Look(ConfigurationText text) => text.Texts
        .Where(one => s_nothings.Contains(one.Text, StringComparer.OrdinalIgnoreCase))
        .Select(one => new ConfigurationProblem(text.PlaceOf(one.Key), $"{ConfigurationSources.Root}.{one.Key}",
            $"is the text \"{one.Text}\"; what is not set must be null, in small letters and without quotes, or left out")
        { IsWarning = true });
}
