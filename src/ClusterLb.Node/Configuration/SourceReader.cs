using ClusterLb.Core.Configuration;
using ClusterLb.Node.Discovery;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads blocks of <c>backends</c> that say where backends are found.</summary>
internal static class SourceReader
{
    private const string Discover = "discover";

    public static bool IsSource(ConfigurationSection section) => section.Text(Discover).Length > 0;

    /// <summary>The keys of a source are legal in every block, by <c>backend-defaults</c>.</summary>
    public static void Skip(ConfigurationSection section) => ReadRefresh(section.Unused());

    public static SourceConfig Read(string name, ConfigurationSection section)
    {
        ConfigurationReader.CheckName(section, "", name);
        var text = section.Text(Discover);
        var parsed = SourceKinds.Parse(text, out var problem);
        if (parsed is null) section.Report(Discover, problem);
        if (section.Text("address").Length > 0)
            section.Report("address", "is given beside discover; it must be left out, for who is discovered has an address of his own");
        var (refresh, max) = ReadRefresh(section);
        var source = new SourceConfig
        {
            Name = name,
            Discover = text,
            Location = parsed is { Kind: { IsPath: true } kind, Place: var place }
                ? $"{kind.Scheme}:{section.PathIn(Discover, place)}"
                : text,
            Weight = section.Integer("weight", 0, 256),
            MaxInFlight = section.Integer("max-in-flight", 0, 1_000_000),
            Refresh = refresh,
            Max = max,
        };
        section.RejectUnknown();
        return source;
    }

    private static (TimeSpan Refresh, int Max) ReadRefresh(ConfigurationSection section) =>
        (section.Duration("refresh", "1s", "1h", word: ("ttl", TimeSpan.Zero)), section.Integer("max", 1, 10_000));
}
