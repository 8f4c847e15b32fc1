using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb check</c>: every problem of a configuration at once, and exit code 1 when there is one.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var options = new CommonOptions();
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("check", "Read a configuration and report every problem in it.");
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction(parsed => Run(options.SourcesOf(parsed), parsed.GetValue(json), parsed.InvocationConfiguration));
        return command;
    }

    private static int Run(ConfigurationSources sources, bool json, InvocationConfiguration console)
    {
        var result = ConfigurationReader.Read(sources);
        if (json)
        {
            var answer = new { ok = result.Config is not null, problems = result.Problems };
            console.Output.WriteLine(JsonSerializer.Serialize(answer, JsonSerializerOptions.Web));
        }
        else
        {
            Print(result, console);
        }

        return result.Config is null ? ExitCode.No : ExitCode.Done;
    }

    private static void Print(ConfigurationResult result, InvocationConfiguration console)
    {
        foreach (var problem in result.Problems) console.Error.WriteLine(problem);
        if (result.Config is not { } config)
        {
            console.Error.WriteLine(result.Problems.Count == 1
                ? "1 problem"
                : string.Create(CultureInfo.InvariantCulture, $"{result.Problems.Count} problems"));
            return;
        }

        var backends = config.Pools.Sum(pool => pool.Backends.Count);
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
                $"configuration ok: {config.Listeners.Count} listeners, {config.Pools.Count} pools, {backends} backends"));
    }
}
