using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>Where keys belong, by the reference, which has every one of them.</summary>
internal static class KeyPlaces
{
    /// <summary>What is said once, under a name of its own, for every block of a kind.</summary>
    private static readonly Dictionary<string, string> s_kinds = new()
    {
        ["listener-defaults"] = "listeners.NAME",
        ["route-defaults"] = "listeners.NAME.routes",
        ["pool-defaults"] = "pools.NAME",
        ["backend-defaults"] = "pools.NAME.backends.NAME",
        ["key-defaults"] = "sticky.keys",
    };

    private static readonly ILookup<string, string> s_places = All().ToLookup(one => one.Key, one => one.Place);

    /// <summary>The blocks that have a key of that name, as messages write them; none = no block has.</summary>
    public static IReadOnlyList<string> Of(string key) => [.. s_places[key]];

    private static IEnumerable<(string Key, string Place)> All()
    {
        foreach (var (name, value) in ((ObjectNode)ConfigurationSources.Reference.Members[ConfigurationSources.Root]).Members)
        {
            if (value is not ObjectNode block) continue;
            foreach (var one in In(block, s_kinds.GetValueOrDefault(name, name))) yield return one;
        }
    }

    private static IEnumerable<(string Key, string Place)> In(ObjectNode block, string place) =>
        block.Members.SelectMany(member => (member.Value is ObjectNode below ? In(below, $"{place}.{member.Key}") : [])
            .Prepend((member.Key, place)));
}
