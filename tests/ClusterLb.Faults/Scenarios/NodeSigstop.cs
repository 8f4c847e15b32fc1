using System.Globalization;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Processes;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A node that stands still keeps the clients that it has waiting; the others go on, with it or without it.</summary>
internal sealed class NodeSigstop(int seconds) : IScenario
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"node-sigstop-{seconds}s");

    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"the node with the monitor is stopped for {seconds} s, {(seconds < 6 ? "too short to be removed" : "long enough to be removed")}");

    public async Task RunAsync(Trial trial)
    {
        var node = await trial.Cluster.MonitorAsync();
        var restarts = (await node.ReportAsync())?.Restarts ?? 0;
        var began = trial.Begin();
        node.Signal(Libc.SIGSTOP);
        try
        {
            if (seconds > 6)
            {
                await trial.DetectAsync($"{node.Name} is no reachable member", trial.Cluster.Nodes.Where(one => one != node),
                    report => !report.Members.Contains(node.Name));
            }

            await trial.HoldAsync(TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            node.Signal(Libc.SIGCONT);
        }

        var woke = trial.Now;
        trial.Excuse(Excuses.NodeStandsStill(node.Name, began, woke));
        await trial.Cluster.WholeAsync();
        var whole = (trial.End() - woke) / 1000;
        var again = (await node.ReportAsync())?.Restarts - restarts;
        trial.Note($"stopped {node.Name}; whole {whole:F1} s after it woke, its control plane began anew {again} times");
    }
}
