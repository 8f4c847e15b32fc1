using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Changes;
using ClusterLb.Node.Configuration.Hocon;
using ClusterLb.Node.Tests.Configuration;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>reference.conf and the configuration records say the same, and so do the files an operator copies.</summary>
public partial class ReferenceKeysTests
{
    [Fact]
    public void Every_key_is_a_property_and_every_property_is_a_key()
    {
        var expected = KeysOf(typeof(ClusterLbConfig), "")
            .Concat(KeysOf(typeof(ListenerConfig), "listener-defaults."))
            .Concat(KeysOf(typeof(RouteConfig), "route-defaults."))
            .Concat(KeysOf(typeof(PoolConfig), "pool-defaults."))
            .Concat(ProbeRegistry.Default.All.SelectMany(probe => KeysOf(probe.Read(HealthDefaults()).GetType(), "pool-defaults.health.")))
            .Concat(KeysOf(typeof(BackendConfig), "backend-defaults."))
            .Concat(KeysOf(typeof(SourceConfig), "backend-defaults."))
            .Concat(KeysOf(typeof(CookieKeyConfig), "key-defaults."));

        Assert.Equal(expected.Distinct().Order(StringComparer.Ordinal), Conf.ReferenceKeys().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_of_the_reference_has_a_comment()
    {
        var lines = File.ReadLines(Path.Combine(Repository.Root, "src/ClusterLb.Node/Configuration/reference.conf"));
        var bare = lines.Where(line => AssignmentPattern().IsMatch(line) && !line.Contains('#', StringComparison.Ordinal))
            .Select(line => line.Trim());

        Assert.Equal([], bare);
    }

    [Theory]
    [InlineData("hocon/clusterlb.conf")]
    [InlineData("hocon/cluster.conf")]
    [InlineData("hocon/demo.conf")]
    public void Every_key_of_a_file_that_operators_copy_exists(string path)
    {
        var legal = Conf.ReferenceKeys().ToHashSet();
        var root = (ObjectNode)HoconDocument.Parse(path, File.ReadAllText(Path.Combine(Repository.Root, path))).Members["clusterlb"];

        foreach (var key in Conf.Leaves(root, ""))
        {
            var general = BackendPattern()
                .Replace(PoolPattern().Replace(ListenerPattern().Replace(key, "listener-defaults."), "pool-defaults."),
                "backend-defaults.");
            Assert.True(legal.Contains(general), $"{path}: {key} is not a key of reference.conf.");
        }
    }

    /// <summary>The block that the options of every kind of probe are in.</summary>
    private static ConfigurationSection HealthDefaults()
    {
        var root = (ObjectNode)ConfigurationSources.Reference.Members["clusterlb"];
        var pool = (ObjectNode)root.Members["pool-defaults"];
        return new ConfigurationSection(pool.Members["health"], "health", new List<ConfigurationProblem>());
    }

    private static IEnumerable<string> KeysOf(Type record, string prefix)
    {
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = KeyNames.Of(property);
            if (key.Length == 0) continue;
            if (IsBlock(property.PropertyType))
            {
                foreach (var inner in KeysOf(property.PropertyType, $"{prefix}{key}.")) yield return inner;
            }
            else
            {
                yield return prefix + key;
                // Every secret may be in a file, and so may the user whose secret it is.
                if (property.PropertyType == typeof(Secret) || key == "user") yield return $"{prefix}{key}-file";
            }
        }
    }

    private static bool IsBlock(Type type) => type.IsClass && type != typeof(string) && type != typeof(IPEndPoint);

    [GeneratedRegex(@"^\s+[a-z-]+ = ")]
    private static partial Regex AssignmentPattern();

    [GeneratedRegex(@"^listeners\.[^.]+\.")]
    private static partial Regex ListenerPattern();

    [GeneratedRegex(@"^pools\.[^.]+\.")]
    private static partial Regex PoolPattern();

    [GeneratedRegex(@"^pool-defaults\.backends\.[^.]+\.")]
    private static partial Regex BackendPattern();
}
