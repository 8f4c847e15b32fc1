using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Configuration.Warnings;

public partial class SoundConfigurationsTests
{
    /// <summary>What is shown to operators: files to copy, and whatever documents and comments have that is a configuration.</summary>
    public static TheoryData<string> Shown => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "hocon"), "cl*.conf")
        .Select(File.ReadAllText)
        .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "README.md"))
            .SelectMany(page => ExamplePattern().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value))
            // A part of a block is no configuration.
            .Where(text => text.Contains("clusterlb", StringComparison.Ordinal)))];

    [Fact]
    public void The_least_that_is_legal_gives_no_warning() => Warned.OfNothing();

    [Fact]
    public void The_demo_gives_no_warning()
    {
        var result = ConfigurationReader.Read(ConfigurationSources.OfDemo([]));
        Conf.Legal(result);
        Assert.Empty(ConfigurationWarnings.Of(result));
    }

    [Theory]
    [MemberData(nameof(Shown))]
    public void What_is_shown_to_operators_gives_no_warning(string text)
    {
        var environment = new Dictionary<string, string> { ["POD_IP"] = "10.0.0.7" };
        using var folder = new ConfFolder(("node.conf", text),
            ("common.conf", Warned.Sound.Replace("node.name = lb1", "", StringComparison.Ordinal)));
        var files = new[] { "common.conf", "node.conf" }.Select(folder.PathOf);
        // An example that is whole needs no other file.
        if (text.Contains("listeners {", StringComparison.Ordinal) || text.Contains("include", StringComparison.Ordinal))
            files = files.Skip(1);
        var result = ConfigurationReader.Read(new ConfigurationSources([.. files], [], environment));

        Conf.Legal(result);
        // Pools that an example shows alone are somebody's elsewhere.
        var isAlone = !text.Contains("listeners", StringComparison.Ordinal);
        var lines = ConfigurationWarnings.Of(result).Select(warning => folder.Shorten(warning.ToString())).ToList();
        if (isAlone) lines.RemoveAll(line => line.Contains("is used by nobody", StringComparison.Ordinal));
        Assert.Empty(lines);
    }

    [GeneratedRegex("```hocon\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExamplePattern();
}
