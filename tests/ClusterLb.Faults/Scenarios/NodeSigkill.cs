using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Nodes;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A node that dies takes what is in flight there along, and nothing else: clients know other addresses.</summary>
internal static class NodeSigkill
{
    /// <summary>Kills these nodes, waits until the others know, and starts them again.</summary>
    public static async Task RunAsync(Trial trial, params IReadOnlyList<LoadBalancer> nodes)
    {
        var others = trial.Cluster.Nodes.Except(nodes).ToList();
        var began = trial.Begin();
        foreach (var node in nodes)
        {
            trial.Excuse(Excuses.NodeDies(node.Name, trial.Now));
            node.Kill();
        }

        await trial.DetectAsync("the dead are not among its reachable members", others,
            report => !report.Members.Intersect(nodes.Select(node => node.Name)).Any());
        await trial.HoldAsync();
        foreach (var node in nodes) await node.StartAsync();
        var started = trial.Now;
        await trial.Cluster.WholeAsync();
        trial.End();
        var names = string.Join(" and ", nodes.Select(node => node.Name));
        trial.Note($"killed {names}; {(trial.Ended - started) / 1000:F1} s from start to whole");
    }
}

internal sealed class NodeSigkillMonitor : IScenario
{
    public string Name => "node-sigkill-monitor";

    public string Summary => "the node with the monitor is killed and started again";

    public async Task RunAsync(Trial trial) => await NodeSigkill.RunAsync(trial, await trial.Cluster.MonitorAsync());
}

internal sealed class NodeSigkillOther : IScenario
{
    public string Name => "node-sigkill";

    public string Summary => "a node without the monitor is killed and started again";

    public async Task RunAsync(Trial trial)
    {
        var monitor = await trial.Cluster.MonitorAsync();
        await NodeSigkill.RunAsync(trial, trial.Cluster.Nodes.First(node => node != monitor));
    }
}

internal sealed class NodeSigkillTwo : IScenario
{
    public string Name => "node-sigkill-two";

    public string Summary => "two of three nodes are killed at once, the one with the monitor among them, and started again";

    public async Task RunAsync(Trial trial)
    {
        var monitor = await trial.Cluster.MonitorAsync();
        await NodeSigkill.RunAsync(trial, monitor, trial.Cluster.Nodes.Last(node => node != monitor));
    }
}
