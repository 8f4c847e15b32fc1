using System.CommandLine;
using System.CommandLine.Invocation;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>Every command, and how one is run.</summary>
internal static class CommandLine
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, InvocationConfiguration console)
    {
        var parsed = Root().Parse(arguments);
        if (parsed.Action is not ParseErrorAction) return await parsed.InvokeAsync(console);
        // What is wrong comes with the command's usage, which is no answer for whoever reads standard output, and with the argument, which
        // may hold anything.
        console.Output = console.Error = new PrintableWriter(console.Error);
        await parsed.InvokeAsync(console);
        return ExitCode.CouldNotAsk;
    }

    public static RootCommand Root() => new("ClusterLb: an active-active load balancer for HTTP and TCP.")
    {
        RunCommand.Create(),
        CheckCommand.Create(),
        SecretsCommand.Create(),
        DemoCommand.Create(),
        DemoNodeCommand.Create(),
        StatusCommand.Create(),
        HealthCommand.Create(),
        BackendCommands.Create(),
        SessionsCommand.Create(),
        NodeCommands.Create(),
        ReloadCommand.Create(),
        UpgradeCommand.Create(),
        ExplainCommand.Create(),
        EventsCommand.Create(),
        CompletionCommand.Create(),
        CompleteCommand.Create(),
    };
}
