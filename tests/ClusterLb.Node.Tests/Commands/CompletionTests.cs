using System.CommandLine;
using System.Net;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>What a shell may offer where the cursor is.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("ba", "backend")]
    [InlineData("backend dr", "drain")]
    [InlineData("  backend   dr", "drain")]
    [InlineData("backend ", "drain maintain ready weight")]
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("backend drain app/b1 --mo", "--mode")]
    [InlineData("backend drain app/b1 --mode ", "all sessions")]
    [InlineData("status --w", "--watch --wide")]
    [InlineData("run --config ", "")]
    [InlineData("no-such-command --", "--help --version")]
    public void Commands_options_and_values_are_offered(string line, string expected) =>
        Assert.Equal(expected, string.Join(' ', CompleteCommand.Of(CommandLine.Root(), line)));

    [Fact]
    public void Every_command_is_offered_and_options_only_where_nothing_else_may_stand()
    {
        var commands = CommandLine.Root().Subcommands.Where(command => !command.Hidden).Select(command => command.Name);

        Assert.Equal(commands.Order(StringComparer.Ordinal), CompleteCommand.Of(CommandLine.Root(), ""));
        Assert.Equal(["--admin", "--cacert", "--help", "--json", "--token", "--token-file", "--watch", "--wide"],
            CompleteCommand.Of(CommandLine.Root(), "status "));
    }

    [Fact]
    public async Task Names_are_those_that_the_node_knows()
    {
        await using var admin = await TestAdmin.BuildAsync(
            Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)), "sixteen-letters-and-more");
        var asked = $"--admin {admin.Url} --token sixteen-letters-and-more";

        string[] lines =
        [
            $"backend drain {asked} ", $"backend drain {asked} app/b2", $"node drain {asked} ",
            $"explain {asked} --pool ", $"sessions list {asked} --backend ", $"sessions evacuate {asked} ",
        ];

        string[] expected = ["app/b1 app/b2", "app/b2", "test", "app", "b1 b2", "app/b1 app/b2"];
        // On a busy machine a node may take longer than somebody waits who has pressed Tab.
        await Eventually.Is(() => expected.SequenceEqual(
            lines.Select(line => string.Join(' ', Plain(CompleteCommand.Of(CommandLine.Root(), line))))));
    }

    [Fact]
    public void A_node_that_does_not_answer_has_no_names() =>
        Assert.Empty(Plain(CompleteCommand.Of(CommandLine.Root(), "node drain --admin http://127.0.0.1:1 ")));

    [Theory]
    [InlineData("clusterlb ba", "backend")]
    [InlineData("./clusterlb backend dr", "drain")]
    [InlineData("clusterlb backend drain app/b1 --mode ", "all sessions")]
    [InlineData("clusterlb status --wa|tch --wide", "--watch")]
    public async Task Bash_offers_it_with_the_script_that_is_printed(string line, string expected)
    {
        using var folder = new ShellFolder();
        var (before, after) = line.Split('|') is [var left, var right] ? (left, left + right) : (line, line);

        var offered = await folder.BashAsync("""
            source <(clusterlb completion bash)
            complete -p clusterlb >&2
            read -ra COMP_WORDS <<<"$LINE"
            [[ $LINE == *' ' ]] && COMP_WORDS+=("")
            COMP_LINE=$LINE COMP_POINT=${#BEFORE} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _clusterlb
            echo "${COMPREPLY[*]}"
            """, ("LINE", after), ("BEFORE", before));

        Assert.Equal((expected, "complete -o default -F _clusterlb clusterlb"), offered);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _clusterlb clusterlb")]
    [InlineData("zsh", "compdef _clusterlb clusterlb")]
    [InlineData("fish", "complete -c clusterlb -f -a '(__clusterlb_complete)'")]
    public async Task A_script_is_printed_for_each_shell(string shell, string line)
    {
        using var output = new StringWriter();

        Assert.Equal(0, await CommandLine.RunAsync(["completion", shell], new InvocationConfiguration { Output = output }));

        Assert.Contains(line, output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\n", output.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Plain(IEnumerable<string> offered) => offered.Where(text => !text.StartsWith('-'));
}
