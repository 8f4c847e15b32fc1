using System.Collections;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;

namespace ClusterLb.Node.Configuration.Changes;

/// <summary>
/// Every key of what all nodes must have the same, as an operator writes it: what <see cref="Fingerprint"/> is made of. Pure.
/// </summary>
internal static class SharedKeyList
{
    public static EquatableList<SharedKey> Of(ClusterLbConfig config) => Walk(config, "").ToEquatableList();

    private static IEnumerable<SharedKey> Walk(object record, string path)
    {
        foreach (var key in KeyNames.In(record.GetType()))
        {
            if (key.Properties.All(property => Fingerprint.IsOwn(record, property.Name))) continue;
            foreach (var found in Of(key.ValuesOf(record), $"{path}{key.Name}", key)) yield return found;
        }

        if (record is not HealthConfig health) yield break;
        // Its type is one of its options.
        foreach (var found in health.Probe is { } probe ? Walk(probe, path) : [new SharedKey($"{path}type", "none")]) yield return found;
    }

    private static IEnumerable<SharedKey> Of(object?[] values, string path, NamedKey key)
    {
        // Blocks of several kinds may stand under one key: backends, and sources of backends.
        if (NamedBlocks.IsNamed(key.Properties[0]))
        {
            var items = values.SelectMany(some => ((IEnumerable)some!).Cast<object>()).ToList();
            var found = items.SelectMany(item => Walk(item, $"{NamedBlocks.KeyOf(path, item)}."));
            return items.Count > 1 && Fingerprint.IsOrdered(items[0])
                ? found.Append(new SharedKey(path, string.Join(", ", items.Select(NamedBlocks.NameOf))))
                : found;
        }

        if (values is [{ } block] && NamedBlocks.IsBlock(block)) return Walk(block, $"{path}.");
        // Who a password is for may be read from a file as it is.
        if (key.Properties[0].Name == nameof(RedisConfig.User)) return [new SharedKey(path, "")];
        return [new SharedKey(path, string.Join(':', values.Select(ValueText.Whole)))];
    }
}
