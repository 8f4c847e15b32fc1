using System.Text.RegularExpressions;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Secrets;
using ClusterLb.Node.Tests.Architecture;
using ClusterLb.Node.Tests.Configuration;

namespace ClusterLb.Node.Tests.Deploy;

/// <summary>What docker-compose.yml names is there. That it runs is tried by tests/compose/run.sh.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly string[] s_nodes = ["lb1", "lb2", "lb3"];

    private static string ComposeFile { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));

    [Fact]
    public void Files_that_it_names_are_there()
    {
        var files = FilePattern().Matches(ComposeFile).Select(match => match.Groups[1].Value).ToList();

        Assert.Contains("./hocon", files);
        Assert.Contains("--config, /etc/clusterlb/compose.conf]", ComposeFile, StringComparison.Ordinal);
        Assert.Contains("deploy/Dockerfile", files);
        Assert.All(files, file => Assert.True(Path.Exists(Path.Combine(Repository.Root, file)), file));
    }

    [Fact]
    public void Commands_that_it_names_are_commands()
    {
        var commands = CommandPattern().Matches(ComposeFile)
            .Select(match => match.Groups[1].Value.Split(',').Select(word => word.Trim().Trim('"')).ToArray())
            .Where(command => command[0] != "redis-server").ToList();

        Assert.Equal(["client", "demo", "run", "secrets"],
            commands.SelectMany(command => command[..2]).Intersect(["client", "demo", "run", "secrets"]).Order());
        Assert.All(commands, command => Assert.Empty(CommandLine.Root().Parse(command).Errors));
    }

    [Theory]
    [InlineData("lb1")]
    [InlineData("lb2")]
    [InlineData("lb3")]
    public void Each_node_has_a_legal_configuration_that_is_warned_of_nothing(string node)
    {
        using var secrets = new ConfFolder();
        var folder = Path.GetDirectoryName(secrets.PathOf("x"))!;
        ClusterSecretFiles.Make(
            new SecretFolder(folder), new SecretFolder(Path.Combine(folder, "authority")), s_nodes, TimeProvider.System.GetUtcNow());
        var text = File.ReadAllText(Path.Combine(Repository.Root, "hocon/compose.conf"));
        using var file = new ConfFile(text.Replace("/run/secrets", folder, StringComparison.Ordinal));

        var environment = new Dictionary<string, string> { ["HOSTNAME"] = node };
        var result = ConfigurationReader.Read(new ConfigurationSources([file.Path], [], environment));

        var config = Conf.Legal(result);
        Assert.Equal((node, node), (config.Node.Name, config.Node.Host));
        Assert.Contains(config.Cluster.Seeds, seed => seed.Host == node && seed.Port == config.Node.ClusterPort);
        Assert.Empty(ConfigurationWarnings.Of(result).Select(warning => warning.ToString()));
    }

    [Fact]
    public void Every_backend_and_node_of_the_configuration_is_a_service_and_every_node_has_a_certificate()
    {
        var services = ServicePattern().Matches(ComposeFile).Select(match => match.Groups[1].Value).ToHashSet();
        var named = AddressPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, "hocon/compose.conf")))
            .Select(match => match.Groups[1].Value).ToHashSet();

        Assert.Equal(["b1", "b2", "b3", "lb1", "lb2", "lb3", "redis"], named.Order());
        Assert.Empty(named.Except(services));
        Assert.Contains($"[secrets, /run/secrets, {string.Join(", ", s_nodes)},", ComposeFile, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_has_time_to_drain_before_it_is_killed()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "hocon/compose.conf"));
        int Of(string key) => int.Parse(Regex.Match(text, $@"{key} = (\d+)s").Groups[1].Value, null);
        var grace = int.Parse(Regex.Match(ComposeFile, @"stop_grace_period: (\d+)s").Groups[1].Value, null);

        Assert.InRange(Of("drain-delay") + Of("drain-timeout"), 1, grace - 5);
    }

    [GeneratedRegex(@"(?:- |dockerfile: )(\.?[\w./-]+/[\w.-]+)(?=[: ])")]
    private static partial Regex FilePattern();

    [GeneratedRegex(@"command: \[(.*)\]")]
    private static partial Regex CommandPattern();

    [GeneratedRegex(@"^  (\w+):$", RegexOptions.Multiline)]
    private static partial Regex ServicePattern();

    [GeneratedRegex("\"([a-z0-9]+):\\d+\"")]
    private static partial Regex AddressPattern();
}
