using System.Text.RegularExpressions;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Architecture;
using ClusterLb.Node.Tests.Telemetry;

namespace ClusterLb.Node.Tests.Deploy;

/// <summary>What systemd itself says of deploy/systemd/clusterlb.service.</summary>
public sealed partial class SystemdTests : IDisposable
{
    private const string Program = "/opt/clusterlb/clusterlb";

    private static readonly string s_unit = File.ReadAllText(Path.Combine(Repository.Root, "deploy/systemd/clusterlb.service"));

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-unit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_has_nothing_to_say_about_the_unit() =>
        Assert.Equal((0, ""), await Tool.RunAsync("systemd-analyze", "", "verify", "--man=no", WriteUnit()));

    /// <summary>0 is nothing, 10 everything; below 2.5 is what systemd calls OK at its best. The network is its business.</summary>
    [Fact]
    public async Task The_service_is_exposed_to_little()
    {
        var (exit, said) = await Tool.RunAsync(
            "systemd-analyze", "", "security", "--offline=true", "--no-pager", "--threshold=20", WriteUnit());

        Assert.True(exit == 0, said);
    }

    [Fact]
    public void What_it_runs_is_ours()
    {
        var commands = CommandPattern().Matches(s_unit).Select(match => match.Groups[1].Value.Trim().Split(' ')).ToList();

        Assert.Equal(["check", "run"], commands.Select(command => command[0]));
        Assert.All(commands, command => Assert.Empty(CommandLine.Root().Parse(command).Errors));
    }

    /// <summary>A copy of it, as a credential is, would be the old one for a reload.</summary>
    [Fact]
    public void The_configuration_is_read_where_it_is_by_a_user_who_is_made_with_the_unit()
    {
        var users = File.ReadAllLines(Path.Combine(Repository.Root, "deploy/systemd/clusterlb.sysusers"));

        Assert.All(CommandPattern().Matches(s_unit), match =>
            Assert.Contains("--config /etc/clusterlb/clusterlb.conf", match.Value, StringComparison.Ordinal));
        Assert.Contains("\nUser=clusterlb\nGroup=clusterlb\n", s_unit, StringComparison.Ordinal);
        Assert.Single(users, line => line.StartsWith("u clusterlb ", StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_never_given_up()
    {
        var sections = s_unit.Split("[Service]");

        Assert.Contains("\nStartLimitIntervalSec=0\n", sections[0], StringComparison.Ordinal);
        Assert.Contains("\nRestart=always\n", sections[1], StringComparison.Ordinal);
    }

    /// <summary>Whoever verifies it looks for the program, which is not installed where tests run.</summary>
    private string WriteUnit()
    {
        var path = Path.Combine(_folder, "clusterlb.service");
        File.WriteAllText(path, s_unit.Replace(Program, "/bin/true", StringComparison.Ordinal));
        return path;
    }

    [GeneratedRegex($"^Exec\\w+={Program} (.*)$", RegexOptions.Multiline)]
    private static partial Regex CommandPattern();
}
