using System.CommandLine;
using System.Runtime.InteropServices;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>
/// <c>clusterlb demo-node</c>, started by <see cref="DemoCommand"/> only: a node over the embedded demo.conf that ends with its standard
/// input.
/// </summary>
internal static partial class DemoNodeCommand
{
    private const int SIGTSTP = 20;
    private const int SIG_IGN = 1;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var set = new Option<string[]>("--set");
        var terminal = new Option<string?>("--terminal");
        var command = new Command("demo-node", "A node of the demo.") { set, terminal };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(set) ?? [],
            parsed.GetValue(terminal) is { } text ? TerminalBefore.Parse(text) : null, parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(string[] settings, TerminalBefore? terminal, InvocationConfiguration console)
    {
        var sources = ConfigurationSources.OfDemo(settings);
        var result = ConfigurationReader.Read(sources);
        foreach (var problem in result.Problems) await console.Error.WriteLineAsync(problem.ToString());
        if (result.Config is not { } config) return ExitCode.No;
        using var signals = ProcessSignals.OfStop();
        // Ctrl+Z is for the demo alone: a cluster that stands still would be dead when it goes on.
        if (!OperatingSystem.IsWindows()) signal(SIGTSTP, SIG_IGN);
        // A thread of its own: a read of standard input blocks, whatever it is called.
        new Thread(() => FollowParent(terminal, signals)) { IsBackground = true, Name = "parent" }.Start();
        return await NodeHost.RunAsync(
            sources, config, ConfigurationWarnings.Of(result), signals, succession: null, console.Error, TimeProvider.System);
    }

    /// <summary>
    /// The other end of the pipe closes when the demo closes it, after a byte, and when the demo dies of whatever: then it says nothing
    /// before, and nobody else gives its terminal back.
    /// </summary>
    private static void FollowParent(TerminalBefore? terminal, ProcessSignals signals)
    {
        using var input = Console.OpenStandardInput();
        var isTold = false;
        while (input.ReadByte() >= 0) isTold = true;
        signals.AskToLeave();
        if (!isTold) terminal?.Restore();
        using var late = TimeProvider.System.CreateTimer(_ => signals.AskToLeaveAtOnce(), null, s_patience, Timeout.InfiniteTimeSpan);
        signals.Second.GetAwaiter().GetResult();
    }

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}
