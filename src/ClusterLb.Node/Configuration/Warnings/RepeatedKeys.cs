namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>One file says a thing twice: of values the first is lost, blocks are merged into one.</summary>
internal static class RepeatedKeys
{
    public static IEnumerable<ConfigurationProblem> Look(ConfigurationText text) =>
        text.Repeats.Select(MessageOf).OfType<ConfigurationProblem>();

    private static ConfigurationProblem? MessageOf(RepeatedKey repeat)
    {
        var key = ConfigurationKey.Of([.. repeat.Path]);
        if (!repeat.AreBlocks)
        {
            return new ConfigurationProblem(repeat.Second, key, $"is set at {repeat.First} already, and that is lost; one of them must go")
            { IsWarning = true };
        }

        // Other blocks are one thing, which may be told in two places.
        return KindOf(repeat.Path) is not { } kind
            ? null
            : new ConfigurationProblem(repeat.Second, key,
                $"{kind} {repeat.Path[^1]} stands at {repeat.First} already, and both are merged into one; it must be one block, or "
                + "two names")
            { IsWarning = true };
    }

    private static string? KindOf(IReadOnlyList<string> path) => path switch
    {
        [ConfigurationSources.Root, "listeners", _] => "listener",
        [ConfigurationSources.Root, "pools", _] => "pool",
        [ConfigurationSources.Root, "pools", _, "backends", _] => "backend",
        _ => null,
    };
}
