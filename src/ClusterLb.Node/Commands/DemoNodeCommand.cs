using System.CommandLine;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>
/// <c>clusterlb demo-node</c>, started by <see cref="DemoCommand"/> only: a node over the embedded demo.conf that ends with its standard
/// input.
/// </summary>
internal static class DemoNodeCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var set = new Option<string[]>("--set");
        var command = new Command("demo-node", "A node of the demo.") { set };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(set) ?? [], parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(string[] settings, InvocationConfiguration console)
    {
        var result = ConfigurationReader.Read(ConfigurationSources.OfDemo(settings));
        foreach (var problem in result.Problems) await console.Error.WriteLineAsync(problem.ToString());
        if (result.Config is not { } config) return ExitCode.No;
        using var signals = ProcessSignals.OfStop();
        // A thread of its own: a read of standard input blocks, whatever it is called.
        new Thread(() => FollowParent(signals)) { IsBackground = true, Name = "parent" }.Start();
        return await NodeHost.RunAsync(config, ConfigurationWarnings.Of(result), signals, console.Error, TimeProvider.System);
    }

    /// <summary>The other end of the pipe closes when the demo closes it, and when the demo dies of whatever.</summary>
    private static void FollowParent(ProcessSignals signals)
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        signals.AskToLeave();
        using var late = TimeProvider.System.CreateTimer(_ => signals.AskToLeaveAtOnce(), null, s_patience, Timeout.InfiniteTimeSpan);
        signals.Second.GetAwaiter().GetResult();
    }
}
