using System.Globalization;
using System.Net;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A node that runs out of descriptors parts with who idles (decision 0024) and lives on.</summary>
internal sealed class DescriptorsExhausted : IScenario
{
    private const int Descriptors = 700;
    private const int Connections = 1_500;

    public string Name => "descriptors-exhausted";

    public string Summary => "a node may have 700 descriptors, and 1,500 idle clients come";

    public async Task RunAsync(Trial trial)
    {
        var node = trial.Cluster.Nodes[2];
        await RestartAsync(trial, node, "prlimit", string.Create(CultureInfo.InvariantCulture, $"--nofile={Descriptors}"), "--");
        var began = trial.Begin();
        var most = 0;
        using (var crowd = new Crowd(new IPEndPoint(trial.Cluster.Network.SourceOf(9_999), 0), node.Plan.Web.EndPoint))
        {
            await crowd.ComeAsync(Connections, ReadOnlyMemory<byte>.Empty, trial.Stop);
            for (var until = trial.Now + trial.During.TotalMilliseconds; trial.Now < until; await Task.Delay(100, trial.Stop))
                most = Math.Max(most, node.Footprint().Descriptors);
            trial.Note($"{crowd.Count} idle clients came; {node.Name} had {most} descriptors at most");
        }

        trial.Excuse(Excuses.NodeMakesRoom(node.Name, began, trial.End()));
        await RestartAsync(trial, node);
    }

    /// <summary>By SIGTERM, so that nothing is lost by it.</summary>
    private static async Task RestartAsync(Trial trial, Nodes.LoadBalancer node, params string[] limits)
    {
        node.Signal(Processes.Libc.SIGTERM);
        await node.ExitAsync(trial.Stop);
        await node.StartAsync(limits);
        await trial.Cluster.WholeAsync();
    }
}
