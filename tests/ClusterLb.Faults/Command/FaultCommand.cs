using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using ClusterLb.Faults.Nodes;
using ClusterLb.Faults.Processes;
using ClusterLb.Faults.Report;
using ClusterLb.Faults.Scenarios;

namespace ClusterLb.Faults.Command;

/// <summary>The command line. Exit codes: 0 all promises held, 1 one did not, 2 it could not be tried, 130 the user ended it.</summary>
internal static class FaultCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--list"])
        {
            foreach (var scenario in Catalog.All) Console.WriteLine($"{scenario.Name,-22} {scenario.Summary}");
            return 0;
        }

        var (options, problem) = FaultOptions.Parse(arguments, [.. Catalog.All.Select(scenario => scenario.Name)],
            Environment.TickCount & 0xFFFF);
        if (options is null)
        {
            await Console.Error.WriteLineAsync($"{problem}\n{FaultOptions.Usage}");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        try
        {
            return await RunAsync(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException or Win32Exception)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 2;
        }
    }

    private static async Task<int> RunAsync(FaultOptions options, CancellationToken stop)
    {
        if (await MissingAsync() is { } missing) throw new InvalidOperationException(missing);
        var log = options.IsJson ? Console.Error : Console.Out;
        if (options.Program is null && !Isolation.IsInForce) await log.WriteLineAsync("publishing src/ClusterLb.Node");
        var program = Path.GetFullPath(options.Program ?? await PublishedProgram.PublishAsync());
        if (!File.Exists(program)) throw new InvalidOperationException($"--program {program}: there is no such file");
        var obstacle = Isolation.IsInForce ? null : await Isolation.ProblemAsync();
        // Everything is done in there, so that one program has done it all.
        if (obstacle is null && !Isolation.IsInForce) Isolation.Enter(ArgumentsOf(options, program));
        var reports = await new FaultRun(options, program, log).RunAsync(obstacle, stop);
        if (options.IsJson) Console.WriteLine(ReportJson.Of(reports));
        else Console.WriteLine($"\n{HeadOf(options)}\n\n{ReportTable.Of(reports)}\n\n{ReportTable.Closing(reports)}");
        return reports.Any(report => report.IsFailed) ? 1 : 0;
    }

    private static string HeadOf(FaultOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"seed {options.Seed}, {options.Rate} requests per second of "
            + $"{options.Clients} clients, {options.Duration.TotalSeconds} s each, {Environment.ProcessorCount} cores");

    /// <summary>In one line; null when everything is there.</summary>
    private static async Task<string?> MissingAsync()
    {
        if (!OperatingSystem.IsLinux()) return "this needs Linux: it stops and kills processes, and has them end with it";
        foreach (var tool in new[] { "redis-server", "prlimit" })
        {
            try
            {
                await Child.RunAsync("sh", "-c", $"command -v {tool}");
            }
            catch (InvalidOperationException)
            {
                return $"{tool} is missing (Debian: redis-server, util-linux)";
            }
        }

        return null;
    }

    private static IEnumerable<string> ArgumentsOf(FaultOptions options, string program)
    {
        string[] all =
        [
            "--scenario", string.Join(',', options.Scenarios), "--duration", Text($"{options.Duration.TotalSeconds}s"),
            "--seed", Text($"{options.Seed}"), "--rate", Text($"{options.Rate}"), "--clients", Text($"{options.Clients}"),
            "--program", program,
        ];
        return options.IsJson ? all.Append("--json") : all;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        // A second one ends it at once, and with it all that it started.
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }
}
