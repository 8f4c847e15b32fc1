using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ClusterLb.Node.Api;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>
/// <c>clusterlb check</c>: every problem of a configuration at once, and exit code 1 when there is one; and whatever is legal and cannot
/// work as it is meant, for which <c>--strict</c> gives 1, too.
/// </summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var options = new CommonOptions();
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var strict = new Option<bool>("--strict") { Description = "Exit with 1 when there are warnings, too." };
        var command = new Command("check", "Read a configuration and report every problem in it, and what cannot work as it is meant.");
        options.AddTo(command);
        command.Options.Add(strict);
        command.Options.Add(json);
        command.SetAction(parsed => Run(
            options.SourcesOf(parsed), parsed.GetValue(strict), parsed.GetValue(json), parsed.InvocationConfiguration));
        return command;
    }

    private static int Run(ConfigurationSources sources, bool isStrict, bool json, InvocationConfiguration console)
    {
        var result = ConfigurationReader.Read(sources);
        var warnings = ConfigurationWarnings.Of(result);
        var isGood = result.Config is not null && (warnings.Count == 0 || !isStrict);
        if (json)
        {
            var answer = new { ok = isGood, problems = result.Problems, warnings };
            console.Output.WriteLine(JsonSerializer.Serialize(answer, ApiJson.Options));
        }
        else
        {
            Print(result, warnings, isGood, console);
        }

        return isGood ? ExitCode.Done : ExitCode.No;
    }

    private static void Print(
        ConfigurationResult result, IReadOnlyList<ConfigurationProblem> warnings, bool isGood, InvocationConfiguration console)
    {
        foreach (var problem in result.Problems.Concat(warnings)) console.Error.WriteLine(problem);
        var counts = string.Join(", ",
            new[] { Count(result.Problems.Count, "error"), Count(warnings.Count, "warning") }.Where(count => count.Length > 0));
        if (!isGood || result.Config is not { } config)
        {
            console.Error.WriteLine(counts);
            return;
        }

        var backends = config.Pools.Sum(pool => pool.Backends.Count);
        string[] parts =
        [
            Count(config.Listeners.Count, "listener"), Count(config.Pools.Count, "pool"), Count(backends, "backend"),
            Count(config.Pools.Sum(pool => pool.Sources.Count), "source"), counts,
        ];
        console.Output.WriteLine($"configuration ok: {string.Join(", ", parts.Where(part => part.Length > 0))}");
    }

    private static string Count(int count, string what) =>
        count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
