using System.CommandLine;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Demo;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb demo backend</c>: one sample backend, which can so be a container or a machine of its own.</summary>
internal static class DemoBackendCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "What it calls itself in its answers, such as b1." };
        var bind = new Option<string>("--bind")
        {
            Description = "Where it serves.",
            HelpName = "ADDRESS:PORT",
            DefaultValueFactory = _ => "127.0.0.1:9001",
        };
        var command = new Command("backend", "Run one sample backend, for nodes of your own.") { name, bind };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(name)!, parsed.GetValue(bind)!, parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(string name, string bind, InvocationConfiguration console)
    {
        if (EndPoints.ParseBind(bind, out var problem) is not { } endPoint)
        {
            await console.Error.WriteLineAsync($"--bind {problem}");
            return ExitCode.CouldNotAsk;
        }

        using var signals = ProcessSignals.OfStop();
        try
        {
            await using var backend = await SampleBackend.StartAsync(name, endPoint);
            await console.Output.WriteLineAsync($"sample backend {name} serves http://{endPoint}/");
            await signals.First;
            return ExitCode.Done;
        }
        catch (IOException failure)
        {
            await console.Error.WriteLineAsync($"{endPoint} cannot be opened: {failure.Message.ReplaceLineEndings(" ")}");
            return ExitCode.No;
        }
    }
}
