using System.CommandLine;
using System.Globalization;
using ClusterLb.Node.Demo;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Terminal;
using Spectre.Console;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb demo</c>: sample backends and three nodes over them, with nothing to install and nothing to configure.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var backends = new Option<bool>("--backends") { Description = "Run the sample backends alone, for nodes of your own." };
        var command = new Command("demo", "Run sample backends and three nodes over them, and watch.") { backends };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(backends), parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(bool isBackendsAlone, InvocationConfiguration streams)
    {
        using var signals = ProcessSignals.OfStop();
        await using var b1 = await SampleBackend.StartAsync("b1", 9001);
        await using var b2 = await SampleBackend.StartAsync("b2", 9002);
        await using var b3 = await SampleBackend.StartAsync("b3", 9003);
        if (isBackendsAlone)
        {
            foreach (var backend in new[] { b1, b2, b3 })
                await streams.Output.WriteLineAsync($"sample backend {backend.Name} serves http://{backend.EndPoint}/");
            await streams.Output.WriteLineAsync("Ctrl+C ends them.");
            await signals.First;
            return ExitCode.Done;
        }

        using var cluster = DemoCluster.Start([b1, b2, b3], showLogs: Console.IsOutputRedirected);
        await streams.Output.WriteLineAsync("ClusterLb demo: three nodes over three sample backends; they start ...");
        var problem = await cluster.WhenWholeAsync(signals.First, TimeProvider.System);
        if (problem.Length > 0) await streams.Error.WriteLineAsync(problem);
        else await WatchAsync(cluster, b2, streams.Output, signals);
        await cluster.StopAsync(signals.Second, TimeProvider.System);
        await streams.Output.WriteLineAsync("demo ended");
        return problem.Length > 0 ? ExitCode.No : ExitCode.Done;
    }

    private static async Task WatchAsync(DemoCluster cluster, SampleBackend ill, TextWriter output, ProcessSignals signals)
    {
        if (!signals.First.IsCompleted) await PrintWhatToTryAsync(cluster, ill, output);
        if (Console.IsOutputRedirected)
        {
            await signals.First;
            return;
        }

        using var stop = new CancellationTokenSource();
        var showing = LiveTable.ShowAsync(AnsiConsole.Console, cluster, TimeProvider.System, stop.Token);
        await signals.First;
        await stop.CancelAsync();
        await showing;
    }

    private static async Task PrintWhatToTryAsync(DemoCluster cluster, SampleBackend ill, TextWriter output)
    {
        foreach (var node in cluster.Nodes)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"  {node.Ports.Name}  {node.Ports.WebUrl}/  admin {node.Ports.AdminUrl}  PID {node.Pid}"));
        }

        var (first, second) = (cluster.Nodes[0], cluster.Nodes[1]);
        var onSecond = $"--admin {second.Ports.AdminUrl}";
        (string Command, string Effect)[] ideas =
        [
            ($"curl {first.Ports.WebUrl}/", "hello from b1, b2 or b3; so say the other two nodes"),
            ($"curl {second.Ports.WebUrl}/slow", "takes two seconds: watch it in flight, counted in the whole cluster"),
            ($"curl -X POST http://{ill.EndPoint}/ill", $"{ill.Name} answers its health check with 503: it leaves the rotation everywhere"),
            ($"curl -X POST http://{ill.EndPoint}/well", "and comes back"),
            (string.Create(CultureInfo.InvariantCulture, $"kill -9 {first.Pid}"),
                "a node dies; the others go on, and one of them checks the backends from now on"),
            ($"{Self()} status {onSecond}", ""),
            ($"{Self()} backend drain app/b1 --wait {onSecond}", ""),
            ($"{Self()} backend ready app/b1 {onSecond}", ""),
            ($"{Self()} events {onSecond}", ""),
        ];
        await output.WriteLineAsync("\nTry, in another terminal:\n");
        foreach (var (command, effect) in ideas) await output.WriteLineAsync($"  {command,-44}  {effect}".TrimEnd());
        await output.WriteLineAsync("\nCtrl+C ends it.\n");
    }

    /// <summary>How whoever reads it starts this program.</summary>
    private static string Self() =>
        File.Exists("src/ClusterLb.Node/ClusterLb.Node.csproj") ? "dotnet run --project src/ClusterLb.Node --" : "clusterlb";
}
