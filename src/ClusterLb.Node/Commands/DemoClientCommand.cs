using System.CommandLine;
using ClusterLb.Node.Demo;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb demo client</c>: what a client sees of a name that stands for several nodes, a line a second.</summary>
internal static class DemoClientCommand
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "What it asks for, 40 times a second, such as http://lb:8080/." };
        var command = new Command("client", "Be a client of a name that stands for several nodes, and say once a second what came of it.")
        {
            url,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(url)!, parsed.InvocationConfiguration, TimeProvider.System));
        return command;
    }

    private static async Task<int> RunAsync(string text, InvocationConfiguration console, TimeProvider time)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp)
        {
            await console.Error.WriteLineAsync($"\"{text}\" is no URL to ask; it must be one such as http://lb:8080/");
            return ExitCode.CouldNotAsk;
        }

        using var signals = ProcessSignals.OfStop();
        await using var client = new SampleClient(url, time);
        var output = new PrintableWriter(console.Output);
        for (var before = client.Count; !signals.First.IsCompleted;)
        {
            await Task.WhenAny(signals.First, Task.Delay(s_interval, time));
            var now = client.Count;
            await output.WriteLineAsync(now.Tell(url.Host, await client.LookUpAsync(), before));
            before = now;
        }

        return ExitCode.Done;
    }
}
