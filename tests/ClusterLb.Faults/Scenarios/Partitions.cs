using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Nodes;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>Nodes that cannot speak with each other still reach clients and backends: nothing fails on either side.</summary>
internal static class Partition
{
    public static SwitchedNetwork Network(Trial trial) => (SwitchedNetwork)trial.Cluster.Network;

    /// <summary>Another node each time, by chance.</summary>
    public static LoadBalancer Any(Trial trial) => trial.Cluster.Nodes[trial.Random.Next(trial.Cluster.Nodes.Count)];

    public static IEnumerable<int> Others(Trial trial, LoadBalancer node) =>
        trial.Cluster.Nodes.Where(one => one != node).Select(one => one.Plan.Number);

    /// <summary>Cuts a node off for so long, and waits until the cluster is whole again.</summary>
    public static async Task RunAsync(Trial trial, LoadBalancer node, bool bothWays)
    {
        var restarts = await RestartsAsync(trial);
        var pids = trial.Cluster.Nodes.Select(one => one.Pid).ToList();
        trial.Begin();
        await Network(trial).CutAsync(node.Plan.Number, Others(trial, node), bothWays);
        await trial.DetectAsync($"{node.Name} is no reachable member", trial.Cluster.Nodes.Where(one => one != node),
            report => !report.Members.Contains(node.Name));
        await trial.HoldAsync();
        await HealAsync(trial, node, restarts, pids);
    }

    /// <summary>Tells how long it took from the end of the cut to one cluster.</summary>
    public static async Task HealAsync(Trial trial, LoadBalancer node, int restarts, IReadOnlyList<int> pids)
    {
        await Network(trial).HealAsync(node.Plan.Number);
        var healed = trial.Now;
        await trial.Cluster.WholeAsync();
        trial.End();
        if (!pids.SequenceEqual(trial.Cluster.Nodes.Select(one => one.Pid))) trial.Violate($"a process was restarted");
        var again = await RestartsAsync(trial) - restarts;
        trial.Note($"cut {node.Name}; whole {(trial.Ended - healed) / 1000:F1} s after it healed, control planes began anew {again} times");
    }

    public static async Task<int> RestartsAsync(Trial trial)
    {
        var reports = await Task.WhenAll(trial.Cluster.Nodes.Select(node => node.ReportAsync()));
        return reports.Sum(report => report?.Restarts ?? 0);
    }
}

internal sealed class PartitionWhole : IScenario
{
    public string Name => "partition-whole";

    public string Summary => "a node neither hears the other two nor is heard by them";

    public bool CutsNetwork => true;

    public Task RunAsync(Trial trial) => Partition.RunAsync(trial, Partition.Any(trial), bothWays: true);
}

internal sealed class PartitionOneWay : IScenario
{
    public string Name => "partition-one-way";

    public string Summary => "a node does not hear the other two, whom its own packets reach";

    public bool CutsNetwork => true;

    public Task RunAsync(Trial trial) => Partition.RunAsync(trial, Partition.Any(trial), bothWays: false);
}

internal sealed class PartitionFlapping : IScenario
{
    public string Name => "partition-flapping";

    public string Summary => "a node is cut off and let in again, by turns of 0.5 to 2 s";

    public bool CutsNetwork => true;

    public async Task RunAsync(Trial trial)
    {
        var (node, restarts) = (Partition.Any(trial), await Partition.RestartsAsync(trial));
        var pids = trial.Cluster.Nodes.Select(one => one.Pid).ToList();
        for (trial.Begin(); ; await Task.Delay(trial.Random.Next(500, 2_000), trial.Stop))
        {
            await Partition.Network(trial).CutAsync(node.Plan.Number, Partition.Others(trial, node), bothWays: true);
            await Task.Delay(trial.Random.Next(500, 2_000), trial.Stop);
            if (trial.Now - trial.Began >= trial.During.TotalMilliseconds) break;
            await Partition.Network(trial).HealAsync(node.Plan.Number);
        }

        await Partition.HealAsync(trial, node, restarts, pids);
    }
}

/// <summary>A monitor that reaches no backend is overruled by those that do (decision 0010).</summary>
internal sealed class MonitorCutOff : IScenario
{
    public string Name => "monitor-cut-off";

    public string Summary => "the node with the monitor reaches no backend; the others do";

    public bool CutsNetwork => true;

    public async Task RunAsync(Trial trial)
    {
        var node = await trial.Cluster.MonitorAsync();
        var others = trial.Cluster.Nodes.Where(one => one != node).ToList();
        var misled = new HashSet<string>();
        trial.Begin();
        await Partition.Network(trial).CutPortsAsync(node.Plan.Number,
            trial.Backends.SelectMany(backend => new[] { backend.EndPoint.Port, backend.Lines.Port }));
        while (trial.Now - trial.Began < trial.During.TotalMilliseconds)
        {
            foreach (var other in others)
            {
                if (await other.ReportAsync() is { AllTakeWork: false }) misled.Add(other.Name);
            }

            await Task.Delay(100, trial.Stop);
        }

        await Partition.Network(trial).HealAsync(node.Plan.Number);
        await trial.Cluster.WholeAsync();
        // The node has nobody to send anything to, and says so.
        trial.Excuse(Excuses.NodeReachesNobody(node.Name, trial.Began, trial.End()));
        foreach (var backend in trial.Backends) trial.Absent(backend.Name, AbsenceKind.Killed, trial.Began, trial.Ended, node.Name);
        foreach (var name in misled) trial.Violate($"{name} held a backend for down that only the monitor's node does not reach");
    }
}
