using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>What operators wrote, apart from what it means: which keys, where, and what was left to the defaults. Immutable.</summary>
/// <param name="whole">The block that everything is in, laid over the defaults.</param>
/// <param name="repeats">What one source sets twice.</param>
internal sealed class ConfigurationText(ConfigurationNode whole, IReadOnlyList<RepeatedKey> repeats)
{
    public IReadOnlyList<RepeatedKey> Repeats { get; } = repeats;

    /// <summary>Whether somebody wrote that key itself; a default of another block does not count.</summary>
    /// <param name="key">As messages have it, without <c>clusterlb.</c></param>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Null when nobody wrote it, or it is no text.</summary>
    public string? TextOf(string key) => (Find(key) as TextNode)?.Text;

    /// <summary>The keys of a block that somebody wrote.</summary>
    public IEnumerable<string> KeysIn(string key) =>
        (Find(key) as ObjectNode)?.Members.Where(member => member.Value.Source != ConfigurationSources.ReferenceName)
            .Select(member => ConfigurationKey.Of(member.Key)) ?? [];

    /// <summary>Where the deepest part of the key that is there was written: a default is no place to look at.</summary>
    public string PlaceOf(string key) => ConfigurationKey.PlaceOf(whole, key);

    /// <summary>Everything that somebody wrote as a text, with its full key and its source.</summary>
    public IEnumerable<(string Key, string Text, string Source)> Texts => TextsIn(whole, "");

    private ConfigurationNode? Find(string key) =>
        ConfigurationKey.Find(whole, key) is { } node && node.Source != ConfigurationSources.ReferenceName ? node : null;

    private static IEnumerable<(string Key, string Text, string Source)> TextsIn(ConfigurationNode node, string key) => node switch
    {
        TextNode text when text.Source != ConfigurationSources.ReferenceName => [(key, text.Text, text.Source)],
        ObjectNode block => block.Members.SelectMany(
            member => TextsIn(member.Value, $"{key}{(key.Length == 0 ? "" : ".")}{ConfigurationKey.Of(member.Key)}")),
        ListNode list => list.Items.SelectMany((item, i) => TextsIn(item, $"{key}[{i}]")),
        _ => [],
    };
}
