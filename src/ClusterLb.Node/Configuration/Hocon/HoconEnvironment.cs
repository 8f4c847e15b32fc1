using System.Globalization;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>What a substitution gets from the environment, when the configuration has nothing for it. Case counts.</summary>
internal static class HoconEnvironment
{
    /// <returns>Null when there is no such variable; an empty one is there.</returns>
    public static HoconShape? Find(HoconSubstitution substitution, IReadOnlyDictionary<string, string> environment)
    {
        var name = string.Join('.', substitution.Path);
        if (!substitution.IsList)
            return environment.TryGetValue(name, out var text) ? new HoconLeaf(new TextNode(SourceOf(name), 0, text)) : null;
        var items = new List<HoconValue>();
        while (true)
        {
            var item = string.Create(CultureInfo.InvariantCulture, $"{name}_{items.Count}");
            if (!environment.TryGetValue(item, out var value)) break;
            items.Add(new HoconText(new HoconPlace(SourceOf(item)), value));
        }

        return items.Count == 0 ? null : new HoconItems(substitution.Place, HoconItems.Of(items));
    }

    private static string SourceOf(string name) => $"environment {name}";
}
