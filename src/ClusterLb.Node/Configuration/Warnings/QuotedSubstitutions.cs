using System.Text.RegularExpressions;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>What is to be filled in, in quotes, where it is a text like any other.</summary>
internal static partial class QuotedSubstitutions
{
    public static IEnumerable<ConfigurationProblem> Look(ConfigurationText text) =>
        from one in text.Texts
        let substitution = Pattern().Match(one.Text)
        where substitution.Success
        select new ConfigurationProblem(text.PlaceOf(one.Key), $"{ConfigurationSources.Root}.{one.Key}",
            $"holds {substitution.Value} as it stands, for nothing is filled in within quotes; it must be outside of them")
        { IsWarning = true };

    [GeneratedRegex(@"\$\{\??[\w.-]+\}")]
    private static partial Regex Pattern();
}
