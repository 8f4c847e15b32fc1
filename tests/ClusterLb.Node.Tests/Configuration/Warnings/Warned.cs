using ClusterLb.Node.Configuration.Warnings;

namespace ClusterLb.Node.Tests.Configuration.Warnings;

/// <summary>What a legal configuration is warned of.</summary>
internal static class Warned
{
    /// <summary>Two backends, where one alone would be a case of its own.</summary>
    public const string Sound = """
        clusterlb {
          node.name = lb1
          listeners.web { bind = "127.0.0.1:8080", pool = app }
          pools.app { backends { a1.address = "127.0.0.1:9001", a2.address = "127.0.0.1:9002" } }
        }

        """;

    /// <param name="key">With what is warned of, or a part of the message.</param>
    /// <param name="settings">Over <see cref="Sound"/>.</param>
    public static void Of(string key, string message, params string[] settings)
    {
        var result = Conf.Read(Sound, settings);
        Conf.Legal(result);
        var warnings = ConfigurationWarnings.Of(result).Where(warning => warning.Key == $"clusterlb.{key}").ToList();

        Assert.Contains(warnings, warning => warning.Message.Contains(message, StringComparison.Ordinal));
        // Every one has a place where somebody can look, and says what would be right.
        Assert.All(warnings, warning => Assert.Contains("must", warning.Message, StringComparison.Ordinal));
        Assert.All(warnings, warning => Assert.StartsWith("--set", warning.Source, StringComparison.Ordinal));
    }

    public static void OfNothing(params string[] settings) => Assert.Empty(Lines(Sound, settings));

    /// <summary>Each warning in a line.</summary>
    public static string[] Lines(string text, params string[] settings)
    {
        var result = Conf.Read(text, settings);
        Conf.Legal(result);
        return [.. ConfigurationWarnings.Of(result).Select(warning => warning.ToString())];
    }
}
