using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Hocon;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>What docs/configuration.md says of names is right.</summary>
public partial class ConfigurationPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));

    [Fact]
    public void Every_variable_of_the_table_is_the_key_beside_it() => Assert.All(
        VariablePattern().Matches(s_page),
        row => Assert.Equal(
            row.Groups["key"].Value,
            HoconPath.Print(EnvironmentNames.KeyOf(row.Groups["name"].Value, new HoconObject(new HoconPlace("test")), out _)!)));

    [GeneratedRegex(@"^\| `(?<name>CLUSTERLB__\w+)` \| `(?<key>[^`]+)`", RegexOptions.Multiline)]
    private static partial Regex VariablePattern();
}
