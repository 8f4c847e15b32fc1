using System.CommandLine;
using ClusterLb.Core.Printing;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb complete -- LINE</c>, called by shells: what may stand at the end of a line, one a line.</summary>
internal static class CompleteCommand
{
    private static readonly string[] s_otherNamesOfHelp = ["-?", "-h", "/?", "/h"];

    public static Command Create()
    {
        var line = new Argument<string>("LINE") { Description = "What stands before the cursor, without the program's name." };
        var command = new Command("complete", "Say what may stand at the end of a line.") { line };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            foreach (var text in Of(CommandLine.Root(), parsed.GetValue(line)!))
                parsed.InvocationConfiguration.Output.WriteLine(Printable.Of(text));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Options only where one has been begun, or where nothing else may stand.</summary>
    /// <param name="root">Whose commands, options and values are offered: there is no other list of them.</param>
    /// <param name="line">What stands before the cursor, without the program's name.</param>
    public static IReadOnlyList<string> Of(Command root, string line)
    {
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var all = root.Parse(line).GetCompletions(line.Length).Select(item => item.InsertText ?? item.Label)
            .Where(text => text.StartsWith(word, StringComparison.Ordinal)).Except(s_otherNamesOfHelp).Order(StringComparer.Ordinal)
                .ToList();
        var words = all.Where(text => !text.StartsWith('-')).ToList();
        return words.Count > 0 ? words : all;
    }
}
