using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Hocon;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>What docs/configuration.md shows is right.</summary>
public partial class ConfigurationPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));

    private static readonly Dictionary<string, string> s_environment = new() { ["POD_IP"] = "10.0.0.7", ["ADMIN_TOKEN"] = "t" };

    public static TheoryData<string> Examples => [.. ExamplePattern().Matches(s_page).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_legal(string text)
    {
        using var folder = new ConfFolder(("common.conf", Conf.Minimal), ("node.conf", Conf.Minimal + text));

        Conf.Legal(ConfigurationReader.Read(new ConfigurationSources([folder.PathOf("node.conf")], [], s_environment)));
    }

    [Fact]
    public void Every_variable_of_the_table_is_the_key_beside_it() => Assert.All(
        VariablePattern().Matches(s_page),
        row => Assert.Equal(
            row.Groups["key"].Value,
            HoconPath.Print(EnvironmentNames.KeyOf(row.Groups["name"].Value, new HoconObject(new HoconPlace("test")), out _)!)));

    [GeneratedRegex("```hocon\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExamplePattern();

    [GeneratedRegex(@"^\| `(?<name>CLUSTERLB__\w+)` \| `(?<key>[^`]+)`", RegexOptions.Multiline)]
    private static partial Regex VariablePattern();
}
