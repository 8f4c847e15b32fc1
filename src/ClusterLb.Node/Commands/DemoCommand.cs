using System.CommandLine;
using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Demo;
using ClusterLb.Node.Hosting;
using Spectre.Console;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb demo</c>: sample backends and a node in one process, with nothing to install and nothing to configure.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Run sample backends and a node over them, and watch.");
        command.SetAction((parsed, cancellation) => RunAsync(parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(InvocationConfiguration streams)
    {
        using var signals = new StopSignals();
        await using var b1 = await SampleBackend.StartAsync("b1", 9001);
        await using var b2 = await SampleBackend.StartAsync("b2", 9002);
        await using var b3 = await SampleBackend.StartAsync("b3", 9003);
        SampleBackend[] backends = [b1, b2, b3];
        var (web, admin) = (FreePort.Near(8080), FreePort.Near(9000));
        var result = ConfigurationReader.Read(ConfigurationSources.OfDemo([
            .. backends.Select(backend => $"pools.app.backends.{backend.Name}.address={backend.EndPoint}"),
            string.Create(CultureInfo.InvariantCulture, $"listeners.web.bind=127.0.0.1:{web}"),
            string.Create(CultureInfo.InvariantCulture, $"node.admin.bind=127.0.0.1:{admin}"),
            // The live table would be torn apart by log lines.
            $"node.log.level={(Console.IsOutputRedirected ? "info" : "error")}",
        ]));
        foreach (var problem in result.Problems) await streams.Error.WriteLineAsync(problem.ToString());
        if (result.Config is not { } config) return ExitCode.No;

        await PrintWhatToTryAsync(streams.Output, web, admin, backends);
        var exit = await NodeHost.RunAsync(config, signals, streams.Error, status => WatchAsync(status, signals), TimeProvider.System);
        await streams.Output.WriteLineAsync("demo ended");
        return exit;
    }

    private static async Task WatchAsync(Func<StatusReport> status, StopSignals signals)
    {
        if (Console.IsOutputRedirected) return;
        using var stop = new CancellationTokenSource();
        var showing = LiveTable.ShowAsync(AnsiConsole.Console, status, TimeProvider.System, stop.Token);
        await signals.First;
        await stop.CancelAsync();
        await showing;
    }

    private static async Task PrintWhatToTryAsync(TextWriter output, int web, int admin, SampleBackend[] backends) => await output.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        ClusterLb demo: one node over three sample backends. Try, in another terminal:

          curl http://127.0.0.1:{web}/                         hello from b1, b2 or b3
          curl -X POST http://{backends[1].EndPoint}/ill           b2 answers its health check with 503: it leaves the rotation
          curl -X POST http://{backends[1].EndPoint}/well          and comes back
          curl http://127.0.0.1:{admin}/api/v1/status          what the node knows
          curl http://127.0.0.1:{admin}/metrics                for Prometheus

        Ctrl+C ends it.

        """));
}
