using System.Collections;
using System.Reflection;
using ClusterLb.Core.Configuration;
using static ClusterLb.Node.Configuration.Changes.NamedBlocks;

namespace ClusterLb.Node.Configuration.Changes;

/// <summary>
/// What one configuration has that another has not, key by key, whatever records it is made of: pure. What is found out later, such as the
/// addresses of names, is no part of it.
/// </summary>
/// <param name="Changes">In the order of the keys.</param>
/// <param name="NeedingRestart">Those of them that a running node cannot follow.</param>
internal sealed record ConfigurationDifference(
    EquatableList<ConfigurationChange> Changes, EquatableList<ConfigurationChange> NeedingRestart)
{
    public static ConfigurationDifference Between(ClusterLbConfig from, ClusterLbConfig to)
    {
        var changes = Compare(from, to, "").OrderBy(change => change.Key, StringComparer.Ordinal).ToEquatableList();
        return new ConfigurationDifference(changes, changes.Where(change => RestartKeys.Needs(change, from, to)).ToEquatableList());
    }

    /// <summary>Two records of one type.</summary>
    private static IEnumerable<ConfigurationChange> Compare(object from, object to, string path)
    {
        foreach (var key in KeyNames.In(from.GetType()))
        {
            var (before, after) = (key.ValuesOf(from), key.ValuesOf(to));
            if (before.SequenceEqual(after)) continue;
            foreach (var change in CompareValues(before, after, $"{path}{key.Name}", key.Properties[0])) yield return change;
        }

        if (from is not HealthConfig { Probe: var asked } || to is not HealthConfig { Probe: var asks }) yield break;
        foreach (var change in CompareProbes(asked, asks, path)) yield return change;
    }

    /// <summary>What one key says, which may be in several properties.</summary>
    private static IEnumerable<ConfigurationChange> CompareValues(object?[] before, object?[] after, string key, PropertyInfo property)
    {
        if (IsNamed(property)) return CompareNamed(BlocksOf(before), BlocksOf(after), key);
        if (before is [{ } block] && after is [{ } other] && IsBlock(block)) return Compare(block, other, $"{key}.");
        // Who a password is for may be read from a file as it is.
        return property.Name == nameof(RedisConfig.User)
            ? [new ConfigurationChange(key, ChangeKind.Changed)]
            : [new ConfigurationChange(key, ChangeKind.Changed, TextOf(before), TextOf(after))];
    }

    /// <summary>The options of one kind of check mean nothing to another.</summary>
    private static IEnumerable<ConfigurationChange> CompareProbes(ProbeOptions? before, ProbeOptions? after, string path) =>
        before is not null && after is not null && before.GetType() == after.GetType()
            ? Compare(before, after, path)
            : before == after
                ? []
                : [new ConfigurationChange($"{path}type", ChangeKind.Changed, before?.Type ?? "none", after?.Type ?? "none")];

    private static IEnumerable<ConfigurationChange> CompareNamed(object[] before, object[] after, string path)
    {
        var (olds, news) = (before.ToLookup(NameOf), after.ToLookup(NameOf));
        // Routes that are called the same cannot be told apart.
        if (olds.Concat(news).Any(same => same.Count() > 1))
        {
            yield return new ConfigurationChange(path, ChangeKind.Changed);
            yield break;
        }

        foreach (var item in before.Where(item => !news.Contains(NameOf(item))))
            yield return new ConfigurationChange(KeyOf(path, item), ChangeKind.Removed);
        foreach (var item in after.Where(item => !olds.Contains(NameOf(item))))
            yield return new ConfigurationChange(KeyOf(path, item), ChangeKind.Added, To: ValueText.OfBlock(item));
        foreach (var item in after)
        {
            if (olds[NameOf(item)].FirstOrDefault() is not { } old || old.Equals(item)) continue;
            foreach (var change in CompareBlocks(old, item, KeyOf(path, item))) yield return change;
        }

        if (!Fingerprint.IsOrdered(before.Concat(after).First())) yield break;
        var (stayed, stays) = (before.Select(NameOf).Where(news.Contains), after.Select(NameOf).Where(olds.Contains));
        if (!stayed.SequenceEqual(stays)) yield return new ConfigurationChange(path, ChangeKind.Changed, "in one order", "in another");
    }

    private static IEnumerable<ConfigurationChange> CompareBlocks(object from, object to, string key) => from.GetType() == to.GetType()
        ? Compare(from, to, $"{key}.")
        : [new ConfigurationChange(key, ChangeKind.Changed, ValueText.OfBlock(from), ValueText.OfBlock(to))];

    /// <summary>All that stand under one key, of whatever kinds.</summary>
    private static object[] BlocksOf(object?[] values) => [.. values.Cast<IEnumerable>().SelectMany(blocks => blocks.Cast<object>())];

    private static string TextOf(object?[] values)
    {
        var texts = values.Select(ValueText.Of).ToArray();
        return texts.Length == 1 || texts.Contains("")
            ? texts[0]
            : string.Join(':', texts.Where(text => text != "\"\"").DefaultIfEmpty("\"\""));
    }
}
