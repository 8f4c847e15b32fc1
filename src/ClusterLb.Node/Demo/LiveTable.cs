using System.Globalization;
using ClusterLb.Node.Admin;
using Spectre.Console;

namespace ClusterLb.Node.Demo;

/// <summary>Shows a node's backends as they are, twice a second, until told to stop.</summary>
internal static class LiveTable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    public static Task ShowAsync(IAnsiConsole console, Func<StatusReport> status, TimeProvider time, CancellationToken stop) =>
        console.Live(Build(status())).StartAsync(async live =>
        {
            while (!stop.IsCancellationRequested)
            {
                live.UpdateTarget(Build(status()));
                await Task.Delay(s_interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });

    private static Table Build(StatusReport report)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("pool", "backend", "address", "state", "in flight", "requests", "why");
        foreach (var pool in report.Pools)
        {
            foreach (var backend in pool.Backends)
            {
                table.AddRow(
                    Markup.Escape(pool.Name),
                    Markup.Escape(backend.Name),
                    Markup.Escape(backend.Address),
                    $"[{ColorOf(backend.State)}]{Markup.Escape(backend.State.ToUpperInvariant())}[/]",
                    backend.InFlight.ToString(CultureInfo.InvariantCulture),
                    backend.Requests.ToString(CultureInfo.InvariantCulture),
                    Markup.Escape(backend.Reason));
            }
        }

        return table.Caption($"{report.Listeners.Sum(listener => listener.ActiveConnections)} client connections; Ctrl+C ends the demo");
    }

    private static string ColorOf(string state) => state switch
    {
        "up" => "green",
        "unknown" or "trial" or "draining" => "yellow",
        _ => "red",
    };
}
