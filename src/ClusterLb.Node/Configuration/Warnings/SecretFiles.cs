using System.Text.RegularExpressions;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>What nobody else is to know, where everybody on this machine can read it: in a file, or in the list of processes.</summary>
internal static partial class SecretFiles
{
    public static IEnumerable<ConfigurationProblem> Look(ConfigurationText text)
    {
        var written = text.Texts.Where(one => one.Text.Length > 0).ToList();
        var secrets = written.Where(one => SecretPattern().IsMatch(one.Key)).ToList();
        var typed = secrets.Where(one => one.Source.StartsWith("--set", StringComparison.Ordinal))
            .Select(one => Warn(text, one.Key, "shows the secret to whoever lists processes; it must come from a file "
                + "(the same key with -file) or the environment"));
        var files = secrets.Select(one => (one.Key, File: one.Source)).Concat(written.Where(one => FilePattern().IsMatch(one.Key))
            .Select(one => (one.Key, File: FilePaths.Of(one.Text, one.Source))));
        return typed.Concat(files.Where(one => FilePaths.IsOpenToAll(one.File)).DistinctBy(one => one.File)
            .Select(one => Warn(text, one.Key, "is for nobody else to know, but everybody on this machine can read "
                + $"{one.File}; it must be the node's alone: chmod o-rwx {one.File}")));
    }

    private static ConfigurationProblem Warn(ConfigurationText text, string key, string message) =>
        new(text.PlaceOf(key), $"{ConfigurationSources.Root}.{key}", message) { IsWarning = true };

    [GeneratedRegex(@"[.-](?:token|password|secret)$")]
    private static partial Regex SecretPattern();

    /// <summary>The cluster's secret is left out: a node does not take it from a file that others can read.</summary>
    [GeneratedRegex(@"(?<!^cluster)[.-](?:token|password|secret)-file$|\.tls\.key$")]
    private static partial Regex FilePattern();
}
