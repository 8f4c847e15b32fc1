using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// A block such as <c>pool-defaults</c>. A key in it that the reference does not have is reported here, once, even when no pool takes the
/// defaults, and left out; that the values are legal is checked by whoever takes them.
/// </summary>
internal static class DefaultsBlock
{
    public static ConfigurationNode Read(ConfigurationSection root, string key)
    {
        var reference = (ObjectNode)((ObjectNode)ConfigurationSources.Reference.Members[ConfigurationSources.Root]).Members[key];
        return Prune(root.Raw(key), reference, key, root);
    }

    private static ObjectNode Prune(ConfigurationNode node, ObjectNode reference, string path, ConfigurationSection root)
    {
        if (node is not ObjectNode block)
        {
            root.Report(path, $"is {node.Kind}; it must be a block {{ ... }}");
            return reference;
        }

        // An empty block in the reference is a map of names, such as backends.
        if (reference.Members.Count == 0) return block;
        var members = new Dictionary<string, ConfigurationNode>();
        foreach (var (key, value) in block.Members)
        {
            if (!reference.Members.TryGetValue(key, out var known))
                root.Report($"{path}.{ConfigurationKey.Of(key)}", NearestKey.Hint(key, [.. reference.Members.Keys]));
            else members[key] = known is ObjectNode below ? Prune(value, below, $"{path}.{key}", root) : value;
        }

        return new ObjectNode(block.Source, block.Line, members);
    }
}
