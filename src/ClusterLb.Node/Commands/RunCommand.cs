using System.CommandLine;
using System.Globalization;
using ClusterLb.DataPlane;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb run</c>: serves until SIGTERM, SIGQUIT or Ctrl+C, then drains; a second one ends it at once.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new CommonOptions();
        var command = new Command("run", "Run a node in the foreground.");
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(options.SourcesOf(parsed), parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(ConfigurationSources sources, InvocationConfiguration console)
    {
        // First of all, for what comes while the configuration is read is meant for the node, too.
        using var signals = ProcessSignals.OfNode();
        if (Descriptors.Allowed() is < Descriptors.Least and var allowed)
        {
            await console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"this process may have {allowed} descriptors; a node needs {Descriptors.Least} or more, and twice as many as clients: "
                + $"raise the limit (ulimit -n, LimitNOFILE)"));
            return ExitCode.No;
        }

        var result = ConfigurationReader.Read(sources);
        foreach (var problem in result.Problems) await console.Error.WriteLineAsync(problem.ToString());
        if (result.Config is not { } config) return ExitCode.No;
        if (signals.First.IsCompleted) return ExitCode.Done;
        return await NodeHost.RunAsync(sources, config, ConfigurationWarnings.Of(result), signals, console.Error, TimeProvider.System);
    }
}
