using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>Reads configurations the way the commands do.</summary>
internal static class Conf
{
    /// <summary>The least that is legal, with every value that can be a default left to the defaults blocks.</summary>
    public const string Minimal = """
        clusterlb {
          listeners { web {} }
          listener-defaults { bind = "127.0.0.1:8080", pool = app }
          pools { app { backends { a1 {} } } }
          backend-defaults.address = "127.0.0.1:9001"
          route-defaults.pool = app
        }

        """;

    private static readonly Dictionary<string, string> s_noEnvironment = [];

    public static ConfigurationResult Read(string text, params string[] settings) => Read(text, s_noEnvironment, settings);

    public static ConfigurationResult Read(string text, IReadOnlyDictionary<string, string> environment, params string[] settings)
    {
        using var file = new ConfFile(text);
        return ConfigurationReader.Read(new ConfigurationSources([file.Path], settings, environment));
    }

    public static ClusterLbConfig Legal(ConfigurationResult result)
    {
        Assert.Empty(result.Problems);
        Assert.NotNull(result.Config);
        return result.Config;
    }

    /// <summary>The one problem there is.</summary>
    public static ConfigurationProblem Single(ConfigurationResult result)
    {
        Assert.Null(result.Config);
        return Assert.Single(result.Problems);
    }

    /// <summary>The keys of the embedded reference that hold a value, relative to <c>clusterlb</c>.</summary>
    public static IEnumerable<string> ReferenceKeys() => Leaves((ObjectNode)ConfigurationSources.Reference.Members["clusterlb"], "");

    /// <summary>Blocks of named blocks, and everything that holds a value.</summary>
    public static IEnumerable<string> Leaves(ObjectNode block, string prefix)
    {
        foreach (var (key, value) in block.Members)
        {
            if (value is ObjectNode { Members.Count: > 0 } child)
            {
                foreach (var leaf in Leaves(child, $"{prefix}{key}.")) yield return leaf;
            }
            else
            {
                yield return prefix + key;
            }
        }
    }
}
