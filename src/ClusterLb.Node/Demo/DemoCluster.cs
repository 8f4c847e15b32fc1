using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Client;

namespace ClusterLb.Node.Demo;

/// <summary>The three nodes of the demo, and what whichever of them answers knows of all.</summary>
internal sealed class DemoCluster : IDisposable
{
    private const int Size = 3;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<AdminClient> _clients;

    private DemoCluster(IReadOnlyList<DemoNode> nodes)
    {
        Nodes = nodes;
        _clients = [.. nodes.Select(node => new AdminClient([new Uri(node.Ports.AdminUrl)], "", s_answer))];
    }

    public IReadOnlyList<DemoNode> Nodes { get; }

    public static DemoCluster Start(IReadOnlyList<SampleBackend> backends, bool showLogs)
    {
        var ports = Enumerable.Range(0, Size).Select(i => new DemoPorts(
            string.Create(CultureInfo.InvariantCulture, $"lb{i + 1}"), FreePort.Near(8080 + i), FreePort.Near(4053 + i),
                FreePort.Near(9000 + (10 * i)))).ToList();
        var seeds = ports.Select(one => string.Create(CultureInfo.InvariantCulture, $"\"127.0.0.1:{one.Cluster}\""));
        string[] common =
        [
            $"cluster.seeds=[{string.Join(", ", seeds)}]",
            .. backends.Select(backend => $"pools.app.backends.{backend.Name}.address={backend.EndPoint}"),
        ];
        return new DemoCluster([.. ports.Select(one => DemoNode.Start(one, [.. common, .. OwnSettings(one)], showLogs))]);
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
            var reports = await Task.WhenAll(_clients.Select(ReadAsync));
            if (reports.All(report => report is { State: "ready" }
                && report.Nodes.Count(node => node is { Status: "up", IsReachable: true }) == Size))
            {
                break;
            }
        }

        return "";
    }

    /// <summary>From the first node that answers; null when none does.</summary>
    public async Task<StatusReport?> ReadAsync()
    {
        foreach (var (node, client) in Nodes.Zip(_clients))
        {
            if (!node.HasEnded && await ReadAsync(client) is { } report) return report;
        }

        return null;
    }

    public Task StopAsync(Task impatient, TimeProvider time) => Task.WhenAll(Nodes.Select(node => node.StopAsync(impatient, time)));

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var node in Nodes) node.Dispose();
    }

    private static async Task<StatusReport?> ReadAsync(AdminClient client)
    {
        try
        {
            return await client.GetAsync<StatusReport>("status");
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
