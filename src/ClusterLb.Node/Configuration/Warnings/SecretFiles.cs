namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Files that hold what nobody else is to know, and that everybody on this machine can read.</summary>
internal static class SecretFiles
{
    private static readonly string[] s_secrets = [".token", ".password", ".secret"];

    public static IEnumerable<ConfigurationProblem> Look(ConfigurationText text)
    {
        var inFiles = text.Texts
            .Where(one => one.Text.Length > 0 && s_secrets.Any(secret => one.Key.EndsWith(secret, StringComparison.Ordinal)))
            .Select(one => (one.Key, File: one.Source));
        var keyFile = (Key: "cluster.tls.key", File: text.TextOf("cluster.tls.key") ?? "");
        return inFiles.Append(keyFile).Where(one => IsOpenToAll(one.File)).DistinctBy(one => one.File)
            .Select(one => new ConfigurationProblem(text.PlaceOf(one.Key), $"{ConfigurationSources.Root}.{one.Key}",
                $"is for nobody else to know, but everybody on this machine can read {one.File}; it must be the node's alone: "
                + $"chmod o-rwx {one.File}")
            { IsWarning = true });
    }

    /// <summary>What else may set a key is no file.</summary>
    private static bool IsOpenToAll(string source) =>
        !OperatingSystem.IsWindows() && File.Exists(source) && File.GetUnixFileMode(source).HasFlag(UnixFileMode.OtherRead);
}
