using System.Collections;
using System.Globalization;
using System.Net;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Changes;

/// <summary>A value of a configuration as an operator would write it, for a line about it.</summary>
internal static class ValueText
{
    private const int Longest = 120;

    /// <summary>Empty = nobody is shown it.</summary>
    public static string Of(object? value)
    {
        var text = Whole(value);
        return text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}...";
    }

    /// <summary>What a block is about, when it comes as a whole.</summary>
    public static string OfBlock(object block) => block switch
    {
        BackendConfig backend => backend.Address,
        SourceConfig source => source.Discover,
        ListenerConfig listener => listener.Bind.ToString(),
        PoolConfig pool => string.Create(CultureInfo.InvariantCulture,
            $"{pool.Balance}, {Count(pool.Backends.Count, "backend")}")
            + (pool.Sources.Count > 0 ? $", {Count(pool.Sources.Count, "source")}" : ""),
        RouteConfig route => $"pool {route.Pool}",
        _ => "",
    };

    /// <summary>However long it is. Empty = nobody is shown it.</summary>
    public static string Whole(object? value) => value switch
    {
        null => "none",
        Secret or ProbeHeader => "",
        string text => text.Length == 0 ? "\"\"" : text,
        bool flag => flag ? "true" : "false",
        TimeSpan duration => DurationText.Of(duration),
        Enum word => Words(word),
        SeedConfig seed => OfSeed(seed),
        IEnumerable list => OfList([.. list.Cast<object>().Select(Whole)]),
        IPEndPoint or IPNetwork => value.ToString()!,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string OfList(string[] items) => items.Contains("") ? "" : $"[{string.Join(", ", items)}]";

    private static string OfSeed(SeedConfig seed) => seed.Kind switch
    {
        SeedKind.Srv => $"srv:{seed.Host}",
        SeedKind.Dns => string.Create(CultureInfo.InvariantCulture, $"dns:{seed.Host}:{seed.Port}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seed.Host}:{seed.Port}"),
    };

    /// <summary>Several of one value are a list.</summary>
    private static string Words(Enum value)
    {
        var words = value.ToString().Split(", ").Select(Kebab).ToArray();
        return value is RetryOn ? $"[{string.Join(", ", words.Where(word => word != "none"))}]" : words[0];
    }

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
