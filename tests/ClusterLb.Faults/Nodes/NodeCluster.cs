using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Nodes;

/// <summary>Three nodes with TLS between them.</summary>
internal sealed class NodeCluster : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Of commands, which a busy machine may take its time for.</summary>
    private readonly HttpClient _http = new() { Timeout = s_patience };

    private NodeCluster(INetwork network, ClusterFile file, string program, string folder)
    {
        (Network, File) = (network, file);
        Nodes = [.. file.Nodes.Select(plan => new LoadBalancer(plan, network, program, folder, _http))];
    }

    public INetwork Network { get; }

    public ClusterFile File { get; }

    public IReadOnlyList<LoadBalancer> Nodes { get; }

    /// <param name="network">Where they are.</param>
    /// <param name="file">Their configuration.</param>
    /// <param name="program">The published <c>clusterlb</c>.</param>
    /// <param name="folder">For their files.</param>
    public static async Task<NodeCluster> StartAsync(INetwork network, ClusterFile file, string program, string folder)
    {
        var cluster = new NodeCluster(network, file, program, folder);
        try
        {
            await Child.RunAsync([program, "secrets", file.Secrets, .. file.Nodes.Select(node => node.Name)]);
            cluster.Configure(file);
            await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync()));
            await cluster.WholeAsync();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Writes every node's file; who runs has not read it yet.</summary>
    public void Configure(ClusterFile file)
    {
        foreach (var node in Nodes) node.Configure(file.TextOf(node.Plan));
    }

    /// <summary>Waits until each node is ready, sees all the others, and sends work to all backends.</summary>
    public Task WholeAsync() => UntilAsync("the cluster is whole and all backends take work", Nodes,
        report => report.IsReady && report.Members.Count == Nodes.Count && !report.RefusesCommands && report.AllTakeWork);

    /// <summary>The node on which the monitor runs.</summary>
    public async Task<LoadBalancer> MonitorAsync()
    {
        var name = "";
        await UntilAsync("somebody has the monitor", Nodes.Take(1), report => (name = report.Monitor).Length > 0);
        return Nodes.Single(node => node.Name == name);
    }

    /// <summary>Waits until what each of these says is as wanted.</summary>
    /// <exception cref="TimeoutException">It was not within a minute; the message says what was wanted of whom.</exception>
    public static async Task UntilAsync(string wanted, IEnumerable<LoadBalancer> nodes, Func<NodeReport, bool> condition)
    {
        foreach (var node in nodes)
        {
            using var patience = new CancellationTokenSource(s_patience);
            for (NodeReport? last = null; last is null || !condition(last);)
            {
                if (patience.IsCancellationRequested)
                    throw new TimeoutException($"{node.Name} never came to say that {wanted}; {Said(last)}\n{Tail(node)}");
                last = await node.ReportAsync();
                if (last is null || !condition(last)) await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
        _http.Dispose();
    }

    private static string Said(NodeReport? report) => report is null
        ? "it does not answer"
        : $"ready {report.IsReady}, members {string.Join(' ', report.Members)}, "
            + string.Join(' ', report.Backends().Where(one => one.State != "up").Select(one => $"{one.Pool}/{one.Name}={one.State}"));

    private static string Tail(LoadBalancer node) =>
        string.Join('\n', node.Logs.Select(log => log.Text).LastOrDefault("").Split('\n').TakeLast(12));
}
