using System.Text.RegularExpressions;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>
/// Every command that a page shows is one: of ours the command line knows it, others are in the repository or on every machine.
/// </summary>
public sealed partial class CommandsTests
{
    /// <summary>Ours where <c>dotnet publish src/ClusterLb.Node -c Release</c> puts it.</summary>
    private const string Published = "artifacts/publish/ClusterLb.Node/release/clusterlb";

    /// <summary>What pages use of others.</summary>
    private static readonly string[] s_programs =
    [
        "cat", "cd", "curl", "docker", "done", "export", "for", "kill", "kubectl", "ln", "ls", "mkdir", "openssl", "sort", "ss", "sudo",
        "systemctl", "uniq", "wait",
    ];

    public static TheoryData<string> Blocks => [.. Pages.All.SelectMany(Pages.FencesOf)
        .Where(fence => fence.Kind.StartsWith("sh", StringComparison.Ordinal)).Select(fence => fence.ToString())];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_command_of_a_block_is_one(string where)
    {
        var block = Pages.All.SelectMany(Pages.FencesOf).Single(fence => fence.ToString() == where);

        var commands = ShellLine.CommandsOf(block.Text).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, Check);
    }

    [Fact]
    public void Every_command_of_ours_in_a_sentence_is_one()
    {
        var spans = Pages.All.SelectMany(page => SpanPattern().Matches(Pages.Read(page))).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(spans);
        Assert.All(spans, span => CheckOurs(
            [.. AlternativePattern().Replace(span, "").Split([' ', '[', ']'], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => word == "N" ? "1" : word)]));
    }

    [Fact]
    public void Every_row_of_the_table_of_commands_has_commands()
    {
        var table = Pages.Read("docs/operations.md").Split("| command | |\n|---|---|\n")[1].Split("\n\n")[0].Split('\n');

        Assert.True(table.Length > 5);
        Assert.All(table, row => Assert.Contains(CommandLine.Root().Subcommands, command =>
            row.StartsWith($"| `{command.Name}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("clusterlb statsu")]
    [InlineData("clusterlb check --configg a.conf")]
    [InlineData("clusterlb run --config hocon/no-such.conf")]
    [InlineData("tests/no-such.sh")]
    [InlineData("dotnet run --project src/ClusterLb.Node -- demo --no-such")]
    [InlineData("artifacts/publish/ClusterLb.Node/release/clusterlb demo --no-such")]
    [InlineData("artifacts/publish/ClusterLb.Core/release/clusterlb demo")]
    public void What_is_none_is_found(string line) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Assert.All(ShellLine.CommandsOf(line), Check));

    private static void Check(string[] words)
    {
        var (program, arguments) = (words[0], words[1..]);
        if (program == "dotnet")
        {
            var project = Array.Find(arguments, word => word.StartsWith("src/", StringComparison.Ordinal)
                || word.StartsWith("tests/", StringComparison.Ordinal));
            Assert.True(project is not null && Directory.Exists(Path.Combine(Repository.Root, project)), string.Join(' ', words));
            // What tests take is for them to say.
            if (arguments.Contains("--") && project.StartsWith("src/", StringComparison.Ordinal))
                CheckOurs(arguments[(Array.IndexOf(arguments, "--") + 1)..]);
        }
        else if (program is "clusterlb" or Published)
        {
            CheckOurs(arguments);
        }
        else
        {
            Assert.True(s_programs.Contains(program) || File.Exists(Path.Combine(Repository.Root, program)), $"{program} is no program");
        }
    }

    private static void CheckOurs(string[] arguments)
    {
        var errors = CommandLine.Root().Parse(arguments).Errors;
        Assert.True(errors.Count == 0, $"{string.Join(' ', arguments)}: {string.Join(' ', errors)}");
        Assert.All(arguments.Where(word => word.StartsWith("hocon/", StringComparison.Ordinal)),
            file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), file));
    }

    [GeneratedRegex(@"`clusterlb ([a-z][^`]*)`")]
    private static partial Regex SpanPattern();

    /// <summary>What stands behind the first of several, <c>one|other</c>.</summary>
    [GeneratedRegex(@"\\?\|[^ \]]*")]
    private static partial Regex AlternativePattern();
}
