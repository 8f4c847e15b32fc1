using System.CommandLine;
using System.Globalization;
using ClusterLb.DataPlane;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Takeover;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb run</c>: serves until SIGTERM, SIGQUIT or Ctrl+C, then drains; a second one ends it at once.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new CommonOptions();
        var takeover = new Option<string?>("--takeover")
        {
            Description = "Take the place of the running node that listens at this socket (its node.takeover-socket): nobody is refused.",
            HelpName = "SOCKET",
        };
        var command = new Command("run", "Run a node in the foreground.");
        options.AddTo(command);
        command.Options.Add(takeover);
        command.SetAction((parsed, cancellation) =>
            RunAsync(options.SourcesOf(parsed), parsed.GetValue(takeover), parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(ConfigurationSources sources, string? takeover, InvocationConfiguration console)
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
        var time = TimeProvider.System;
        try
        {
            // The configuration is good: only now has the running node to do with it.
            using var succession = takeover is null ? null : await Succession.BeginAsync(takeover, config.Node.Name, time);
            return await NodeHost.RunAsync(
                sources, config, ConfigurationWarnings.Of(result), signals, succession, console.Error, time);
        }
        catch (TakeoverException failure)
        {
            await console.Error.WriteLineAsync(failure.Message);
            return ExitCode.No;
        }
    }
}
