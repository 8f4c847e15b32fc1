using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClusterLb.Node.Demo;

/// <summary>Shows the demo's nodes and backends as they are, twice a second, until told to stop.</summary>
internal static class LiveTable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    public static async Task ShowAsync(IAnsiConsole console, DemoCluster cluster, TimeProvider time, CancellationToken stop) =>
        await console.Live(Build(cluster, await cluster.ReadAsync())).StartAsync(async live =>
        {
            while (!stop.IsCancellationRequested)
            {
                live.UpdateTarget(Build(cluster, await cluster.ReadAsync()));
                await Task.Delay(s_interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });

    private static Rows Build(DemoCluster cluster, StatusReport? status) => new(NodesOf(cluster, status), BackendsOf(status));

    private static Table NodesOf(DemoCluster cluster, StatusReport? status)
    {
        var table = NewTable("node", "PID", "address", "admin", "process", "in the cluster", "role", "connections", "requests/s");
        foreach (var node in cluster.Nodes)
        {
            var seen = status?.Nodes.FirstOrDefault(one => one.Name == node.Ports.Name);
            var isHeard = seen is { Phase.Length: > 0 } && !node.HasEnded;
            Add(
                table,
                node.Ports.Name,
                node.Pid,
                Short(node.Ports.WebUrl),
                Short(node.Ports.AdminUrl),
                Cell.OfState(node.HasEnded ? node.End : isHeard ? seen!.Phase : "starting"),
                seen is null ? "-" : Cell.OfState(seen.IsReachable ? seen.Status : "unreachable"),
                seen is { IsMonitor: true } ? "monitor" : "-",
                isHeard ? seen!.ActiveConnections : "-",
                isHeard ? seen!.RequestsPerSecond.ToString("0.0", CultureInfo.InvariantCulture) : "-");
        }

        return table;
    }

    private static Table BackendsOf(StatusReport? status)
    {
        var table = NewTable("backend", "address", "state", "in flight", "by node", "why");
        foreach (var pool in status?.Pools ?? [])
        {
            foreach (var backend in pool.Backends)
            {
                Add(
                    table,
                    $"{pool.Name}/{backend.Name}",
                    backend.Address,
                    Cell.OfState(backend.State),
                    backend.InFlight,
                    string.Join(' ', backend.InFlightByNode.Select(node =>
                        string.Create(CultureInfo.InvariantCulture, $"{node.Key}={node.Value}"))),
                    backend.Reason);
            }
        }

        return table.Caption(status is null ? "no node answers; Ctrl+C ends the demo" : $"as {status.Node} sees it; Ctrl+C ends the demo");
    }

    private static Table NewTable(params string[] columns) => new Table().Border(TableBorder.Rounded).AddColumns(columns);

    private static void Add(Table table, params Cell[] cells) =>
        table.AddRow(cells.Select(IRenderable (cell) => new Text(cell.Text, cell.Style)));

    /// <summary>The scheme is printed above the table; terminals are narrow.</summary>
    private static string Short(string url) => url["http://".Length..];
}
