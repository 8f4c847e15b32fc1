using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Changes;

/// <summary>
/// The key that an operator writes for each property of the configuration's records: its name in kebab-case, but for a few.
/// </summary>
internal static partial class KeyNames
{
    /// <summary>Two of one key share it, and an empty key is none.</summary>
    private static readonly Dictionary<string, string> s_others = new()
    {
        ["ClusterLbConfig.Fingerprint"] = "",
        ["ClusterTlsConfig.IsOn"] = "",
        ["AdminTlsConfig.IsOn"] = "",
        ["ListenerConfig.Name"] = "",
        ["PoolConfig.Name"] = "",
        ["BackendConfig.Name"] = "",
        ["BackendConfig.EndPoint"] = "",
        ["BackendConfig.Host"] = "",
        ["BackendConfig.Addresses"] = "",
        ["BackendConfig.NameProblem"] = "",
        ["BackendConfig.Source"] = "",
        ["BackendConfig.Tier"] = "",
        ["PoolConfig.Sources"] = "backends",
        ["SourceConfig.Name"] = "",
        ["SourceConfig.Location"] = "",
        ["HashConfig.KeyName"] = "key",
        ["HealthConfig.Probe"] = "",
        ["ProbeOptions.TellsFrozen"] = "",
        ["RouteConfig.Methods"] = "method",
        ["RouteConfig.HeaderName"] = "header",
        ["RouteConfig.HeaderValue"] = "header",
        ["RouteConfig.CookieName"] = "cookie",
        ["RouteConfig.CookieValue"] = "cookie",
        ["HttpLimits.HeadBytes"] = "head",
        ["HttpLimits.TargetBytes"] = "target",
        ["HttpLimits.BodyBytes"] = "body",
        ["HttpLimits.BodyRate"] = "body-rate",
    };

    private static readonly ConcurrentDictionary<Type, IReadOnlyList<NamedKey>> s_known = new();

    /// <summary>The keys of a record, each with the property that it sets, or several. Any thread.</summary>
    public static IReadOnlyList<NamedKey> In(Type record) => s_known.GetOrAdd(record, static type =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).GroupBy(Of).Where(key => key.Key.Length > 0)
            .Select(key => new NamedKey(key.Key, [.. key])),
    ]);

    /// <summary>Empty = no key stands for it: it is made of others, or is a name before a block.</summary>
    /// <param name="property">Of a record in a <see cref="ClusterLbConfig"/>.</param>
    public static string Of(PropertyInfo property) => s_others.GetValueOrDefault(
        $"{property.DeclaringType!.Name}.{property.Name}", CapitalPattern().Replace(property.Name, "-$0").ToLowerInvariant());

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex CapitalPattern();
}

/// <param name="Name">As an operator writes it, in its block.</param>
/// <param name="Properties">One or more.</param>
internal sealed record NamedKey(string Name, IReadOnlyList<PropertyInfo> Properties)
{
    public object?[] ValuesOf(object record) => [.. Properties.Select(property => property.GetValue(record))];
}
