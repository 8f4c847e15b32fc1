using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Client;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Demo;

/// <summary>The three nodes of the demo, and what whichever of them answers knows of all.</summary>
internal sealed class DemoCluster : IDisposable
{
    private const int Size = 3;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(1);
    /// <summary>A node asks the others for their events, and waits 2 s for one that does not answer.</summary>
    private static readonly TimeSpan s_events = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<string> _common;
    private readonly TerminalBefore? _terminal;
    private readonly bool _showLogs;
    private readonly IReadOnlyList<AdminClient> _clients;

    /// <summary>They have been replaced; whoever asks all nodes may look at one still.</summary>
    private readonly List<DemoNode> _dead = [];

    private readonly IReadOnlyList<AdminClient> _patientClients;

    private DemoCluster(IReadOnlyList<DemoPorts> ports, IReadOnlyList<string> common, TerminalBefore? terminal, bool showLogs)
    {
        (_common, _terminal, _showLogs) = (common, terminal, showLogs);
        Nodes = [.. ports.Select(Start)];
        _clients = [.. ports.Select(one => new AdminClient([new Uri(one.AdminUrl)], "", s_answer))];
        _patientClients = [.. ports.Select(one => new AdminClient([new Uri(one.AdminUrl)], "", s_events))];
    }

    /// <summary>Replaced as a whole when one is brought back.</summary>
    public IReadOnlyList<DemoNode> Nodes { get; private set; }

    /// <param name="terminal">That the demo draws on, as it was before; null = none.</param>
    /// <param name="showLogs">Of the nodes, on standard error.</param>
    public static DemoCluster Start(IReadOnlyList<SampleBackend> backends, TerminalBefore? terminal, bool showLogs)
    {
        // Another demo runs, or starts: its backends have their ports at once, its nodes a while later.
        Func<int, int> port = backends.Any(backend => backend.IsElsewhere) ? _ => FreePort.FromSystem() : FreePort.Near;
        var ports = Enumerable.Range(0, Size).Select(i => new DemoPorts(
            string.Create(CultureInfo.InvariantCulture, $"lb{i + 1}"), port(8080 + i), port(4053 + i), port(9000 + (10 * i)))).ToList();
        var seeds = ports.Select(one => string.Create(CultureInfo.InvariantCulture, $"\"127.0.0.1:{one.Cluster}\""));
        string[] common =
        [
            $"cluster.seeds=[{string.Join(", ", seeds)}]",
            .. backends.Select(backend => $"pools.app.backends.{backend.Name}.address={backend.EndPoint}"),
        ];
        return new DemoCluster(ports, common, terminal, showLogs);
    }

    /// <summary>Starts every node that has ended anew: under its name, on its ports.</summary>
    /// <returns>Their names.</returns>
    public IReadOnlyList<string> BringBack()
    {
        var dead = Nodes.Where(node => node.HasEnded).ToList();
        Nodes = [.. Nodes.Select(node => dead.Contains(node) ? Start(node.Ports) : node)];
        _dead.AddRange(dead);
        return [.. dead.Select(node => node.Ports.Name)];
    }

    /// <summary>Waits until every node is ready and sees all others.</summary>
    /// <param name="impatient">Its end ends the waiting.</param>
    /// <returns>Why that is hopeless, in one line; empty when it is so, or was not waited for.</returns>
    public async Task<string> WhenWholeAsync(Task impatient, TimeProvider time)
    {
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < s_start
            && !impatient.IsCompleted; await Task.WhenAny(impatient, Task.Delay(s_look, time)))
        {
            if (Nodes.FirstOrDefault(node => node.HasEnded) is { } ended)
                return $"{ended.Ports.Name} {ended.End} at its start: {ended.LastLine}";
            var reports = await Task.WhenAll(_clients.Select(client => ReadAsync<StatusReport>(client, "status")));
            if (reports.All(report => report is { State: "ready" }
                && report.Nodes.Count(node => node is { Status: "up", IsReachable: true }) == Size))
            {
                break;
            }
        }

        return "";
    }

    /// <summary>From the first node that answers; null when none does.</summary>
    public Task<StatusReport?> ReadAsync() => FirstAsync<StatusReport>(_clients, "status");

    /// <summary>Oldest first, from the first node that answers; null when none does.</summary>
    public Task<IReadOnlyList<EventReport>?> ReadEventsAsync() => FirstAsync<IReadOnlyList<EventReport>>(_patientClients, "events");

    public Task StopAsync(Task impatient, TimeProvider time) => Task.WhenAll(Nodes.Select(node => node.StopAsync(impatient, time)));

    public void Dispose()
    {
        foreach (var client in _clients.Concat(_patientClients)) client.Dispose();
        foreach (var node in Nodes.Concat(_dead)) node.Dispose();
    }

    private DemoNode Start(DemoPorts ports) => DemoNode.Start(ports, [.. _common, .. OwnSettings(ports)], _terminal, _showLogs);

    private async Task<T?> FirstAsync<T>(IReadOnlyList<AdminClient> clients, string path) where T : class
    {
        foreach (var (node, client) in Nodes.Zip(clients))
        {
            if (!node.HasEnded && await ReadAsync<T>(client, path) is { } answer) return answer;
        }

        return null;
    }

    private static async Task<T?> ReadAsync<T>(AdminClient client, string path) where T : class
    {
        try
        {
            return await client.GetAsync<T>(path);
        }
        catch (AdminException)
        {
            // It is starting, or was killed.
            return null;
        }
    }

    private static string[] OwnSettings(DemoPorts ports) =>
    [
        $"node.name={ports.Name}",
        string.Create(CultureInfo.InvariantCulture, $"node.cluster-port={ports.Cluster}"),
        string.Create(CultureInfo.InvariantCulture, $"node.admin.bind=127.0.0.1:{ports.Admin}"),
        string.Create(CultureInfo.InvariantCulture, $"listeners.web.bind=127.0.0.1:{ports.Web}"),
    ];
}
