using System.Net;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A hundred reloads, each of which changes pools and a listener: nothing fails, and nothing piles up.</summary>
internal sealed class Reloads : IScenario
{
    private const int Count = 100;

    public string Name => "reloads";

    public string Summary => "every node is reloaded 100 times, each time with another weight, timeout and limit";

    public async Task RunAsync(Trial trial)
    {
        // What the first reloads make once is no growth.
        for (var turn = 1; turn <= 6; turn++) await ReloadAsync(trial, turn);
        var before = trial.Cluster.Nodes.Select(node => node.Footprint()).ToList();
        trial.Begin();
        for (var turn = 1; turn < Count; turn++) await ReloadAsync(trial, turn);
        await ReloadAsync(trial, 0);
        trial.End();
        foreach (var (node, was) in trial.Cluster.Nodes.Zip(before))
        {
            var now = node.Footprint();
            trial.Note($"{node.Name}: {was.Mebibytes} -> {now.Mebibytes} MiB, {was.Descriptors} -> {now.Descriptors} descriptors");
        }

        trial.Note($"{Count} reloads in {(trial.Ended - trial.Began) / 1000:F1} s");
    }

    private static async Task ReloadAsync(Trial trial, int turn)
    {
        trial.Stop.ThrowIfCancellationRequested();
        trial.Cluster.Configure(trial.Cluster.File with { Turn = turn });
        foreach (var node in trial.Cluster.Nodes)
        {
            if (await node.ReloadAsync() is var status && status != HttpStatusCode.OK)
                trial.Violate($"{node.Name} answered reload {turn} with {(int)status}");
        }
    }
}
