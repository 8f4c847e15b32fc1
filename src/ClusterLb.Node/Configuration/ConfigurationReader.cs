using System.Text.RegularExpressions;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>Turns sources into a configuration, or into every problem they have at once. Names are resolved here, never later.</summary>
internal static partial class ConfigurationReader
{
    public static ConfigurationResult Read(ConfigurationSources sources) => Read(sources, Policies.Default, ProbeRegistry.Default);

    /// <param name="sources">Of the operator.</param>
    /// <param name="policies">That <c>balance</c> may name.</param>
    /// <param name="probes">That <c>health.type</c> may name.</param>
    public static ConfigurationResult Read(ConfigurationSources sources, Policies policies, ProbeRegistry probes)
    {
        var problems = new List<ConfigurationProblem>();
        var repeats = new List<RepeatedKey>();
        var merged = sources.Load(problems, repeats);
        // What follows from a source that could not be read is no news.
        if (problems.Count > 0) return new ConfigurationResult(null, problems);
        var whole = merged.Members[ConfigurationSources.Root];
        if (whole is not ObjectNode)
        {
            return new ConfigurationResult(null,
                [new ConfigurationProblem(whole.Place, ConfigurationSources.Root, $"is {whole.Kind}; it must be a block {{ ... }}")]);
        }

        foreach (var (key, value) in merged.Members.Where(member => member.Key != ConfigurationSources.Root))
        {
            problems.Add(new ConfigurationProblem(value.Place, ConfigurationKey.Of(key),
                "unknown key; everything belongs inside clusterlb { ... }, except what a ${...} takes"));
        }

        var root = new ConfigurationSection(whole, ConfigurationSources.Root, problems);
        var (poolDefaults, backendDefaults) = (DefaultsBlock.Read(root, "pool-defaults"), DefaultsBlock.Read(root, "backend-defaults"));
        var (listenerDefaults, routeDefaults) = (DefaultsBlock.Read(root, "listener-defaults"), DefaultsBlock.Read(root, "route-defaults"));
        var keyDefaults = DefaultsBlock.Read(root, "key-defaults");
        var reader = new PoolReader(policies, probes);
        var config = new ClusterLbConfig
        {
            Fingerprint = "",
            Node = NodeReader.Read(root.Child("node")),
            Cluster = ClusterReader.Read(root.Child("cluster")),
            Store = StoreReader.Read(root.Child("store")),
            Dns = DnsReader.Read(root.Child("dns")),
            Sticky = StickyReader.Read(root.Child("sticky"), keyDefaults),
            Pools = root.Named("pools", poolDefaults)
                .Select(pool => reader.Read(pool.Name, pool.Section, backendDefaults)).ToEquatableList(),
            Listeners = root.Named("listeners", listenerDefaults)
                .Select(listener => ListenerReader.Read(listener.Name, listener.Section, routeDefaults)).ToEquatableList(),
        };
        root.RejectUnknown();
        ConfigurationRules.Check(config, policies, root);
        var text = new ConfigurationText(whole, repeats);
        return problems.Count == 0
            ? new ConfigurationResult(config with { Fingerprint = Fingerprint.Of(config) }, []) { Text = text }
            : new ConfigurationResult(null, problems) { Text = text };
    }

    /// <summary>Names go into metrics, cookies and commands.</summary>
    public static void CheckName(ConfigurationSection section, string key, string name)
    {
        if (!NamePattern().IsMatch(name))
            section.Report(key, $"\"{name}\" is not a name; use letters, digits, - _ . and begin with a letter or digit, 64 at most");
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex NamePattern();
}

/// <param name="Config">Null when there are problems: a bad configuration never replaces a good one.</param>
internal sealed record ConfigurationResult(ClusterLbConfig? Config, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>As it was written; null when it could not be read.</summary>
    public ConfigurationText? Text { get; init; }
}
