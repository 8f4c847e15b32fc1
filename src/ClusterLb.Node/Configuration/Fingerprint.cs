using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// A short name of what every node of a cluster must have the same: seeds, pools, routes, limits. Left out is what is a node's own:
/// <c>node</c>, certificates, name servers, and the addresses that ports are bound to or clients find; and every <see cref="Secret"/>,
/// which could be guessed from it.
/// </summary>
internal static class Fingerprint
{
    private const int Length = 12;

    /// <summary>Thousands of backends are of one type.</summary>
    private static readonly ConcurrentDictionary<Type, Shape> s_shapes = new();

    /// <param name="config">Whole; however it was written.</param>
    /// <returns>12 hex digits; the same whatever the order of blocks in the files.</returns>
    public static string Of(ClusterLbConfig config)
    {
        var text = new StringBuilder();
        Write(config, "", text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..Length];
    }

    private static void Write(object value, string path, StringBuilder text)
    {
        var shape = s_shapes.GetOrAdd(value.GetType(), static type => Shape.Of(type));
        if (value is string || (value is not IEnumerable && !shape.IsRecord))
        {
            var plain = value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString()!;
            // Lengths, so that no value can look like two.
            text.Append(CultureInfo.InvariantCulture, $"{path.Length}:{path}{plain.Length}:{plain}");
            return;
        }

        if (value is IEnumerable items)
        {
            // Blocks with names are a set, unless their order decides; what has no name is a list.
            foreach (var (item, i) in items.Cast<object>().OrderBy(item => IsOrdered(item) ? "" : NameOf(item), StringComparer.Ordinal)
                .Select((item, i) => (item, i)))
            {
                Write(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), text);
            }

            return;
        }

        foreach (var property in shape.Properties)
        {
            if (!IsOwn(value, property.Name) && property.GetValue(value) is { } inner) Write(inner, $"{path}.{property.Name}", text);
        }
    }

    private static string NameOf(object item) =>
        s_shapes.GetOrAdd(item.GetType(), static type => Shape.Of(type)).Name?.GetValue(item) as string ?? "";

    /// <summary>
    /// Ties between routes go to the first, and the first key signs; of other blocks with names the order means nothing.
    /// </summary>
    public static bool IsOrdered(object item) => item is RouteConfig or CookieKeyConfig;

    /// <summary>A node's own, and no part of it. Also where a secret is: each node may have it elsewhere.</summary>
    public static bool IsOwn(object owner, string property) => property.EndsWith("File", StringComparison.Ordinal) || (owner, property) is
        (ClusterLbConfig, nameof(ClusterLbConfig.Node) or nameof(ClusterLbConfig.Fingerprint))
        or (ClusterConfig, nameof(ClusterConfig.Tls) or nameof(ClusterConfig.NameServers))
        or (ClusterConfig, nameof(ClusterConfig.MaxHandshakes) or nameof(ClusterConfig.MaxHandshakesPerAddress))
        or (DnsConfig, nameof(DnsConfig.Bind) or nameof(DnsConfig.Advertise))
        or (SourceConfig, nameof(SourceConfig.Location))
        or (ListenerConfig, nameof(ListenerConfig.Bind));

    /// <param name="Name">By which blocks are told apart; null = it has none.</param>
    /// <param name="Properties">By name.</param>
    private sealed record Shape(bool IsRecord, PropertyInfo? Name, PropertyInfo[] Properties)
    {
        public static Shape Of(Type type) => new(
            type.GetMethod("<Clone>$") is not null, type.GetProperty("Name"),
            [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(one => one.Name, StringComparer.Ordinal)]);
    }
}
