using System.CommandLine;
using System.Globalization;
using ClusterLb.Node.Demo;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb demo</c>: sample backends and three nodes over them, with nothing to install and nothing to configure.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var backends = new Option<bool>("--backends") { Description = "Run the sample backends alone, for nodes of your own." };
        var command = new Command("demo", "Run sample backends and three nodes over them, and watch.")
        {
            backends, DemoBackendCommand.Create(), DemoClientCommand.Create(),
        };
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

        var isOnScreen = FullScreen.IsThere;
        using var cluster = DemoCluster.Start([b1, b2, b3], isOnScreen ? TerminalBefore.OfOutput() : null, showLogs: !isOnScreen);
        await streams.Output.WriteLineAsync("ClusterLb demo: three nodes over three sample backends; they start ...");
        var problem = await cluster.WhenWholeAsync(signals.First, TimeProvider.System);
        if (problem.Length > 0) await streams.Error.WriteLineAsync(problem);
        else if (!signals.First.IsCompleted) await WatchAsync(cluster, b2, streams.Output, signals);
        if (isOnScreen) await streams.Output.WriteLineAsync("the nodes leave, which takes some seconds ...");
        await cluster.StopAsync(signals.Second, TimeProvider.System);
        await streams.Output.WriteLineAsync("demo ended");
        return problem.Length > 0 ? ExitCode.No : ExitCode.Done;
    }

    private static async Task WatchAsync(DemoCluster cluster, SampleBackend ill, TextWriter output, ProcessSignals signals)
    {
        var hints = DemoHints.Of(ProgramPlace.OfThis(), [.. cluster.Nodes.Select(node => node.Ports)], (ill.Name, ill.EndPoint));
        if (!FullScreen.IsThere)
        {
            await PrintAsync(cluster, hints, output);
            await signals.First;
            return;
        }

        await using var traffic = new SampleTraffic([.. cluster.Nodes.Select(node => new Uri(node.Ports.WebUrl))], TimeProvider.System);
        var screen = new LiveScreen(cluster, new DemoControls(cluster, ill, traffic, TimeProvider.System), hints, TimeProvider.System);
        await screen.ShowAsync(Console.IsInputRedirected ? _ => { } : KeyReader.Start, signals.First);
    }

    /// <summary>The same for who reads a file or a pipe, where there are no keys.</summary>
    private static async Task PrintAsync(DemoCluster cluster, DemoHints hints, TextWriter output)
    {
        foreach (var node in cluster.Nodes)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"  {node.Ports.Name}  {node.Ports.WebUrl}/  admin {node.Ports.AdminUrl}  PID {node.Pid}"));
        }

        await output.WriteLineAsync($"\nTry, in another terminal{(hints.Program.IsBelowHere ? ", in this directory" : "")}:\n");
        foreach (var hint in hints.Requests.Concat(hints.Instead)) await output.WriteLineAsync(Line(hint));
        foreach (var line in hints.SetUp(int.MaxValue)) await output.WriteLineAsync($"  {line}");
        foreach (var hint in hints.Commands) await output.WriteLineAsync(Line(hint));
        await output.WriteLineAsync(Line(new Hint(string.Create(CultureInfo.InvariantCulture, $"kill -9 {cluster.Nodes[0].Pid}"),
            "a node dies; the others go on, and one of them checks the backends from now on")));
        await output.WriteLineAsync("\nCtrl+C ends it.\n");
    }

    private static string Line(Hint hint) => $"  {hint.Command,-44}  {hint.Effect}";
}
