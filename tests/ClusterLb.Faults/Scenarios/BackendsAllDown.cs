using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>With nobody to send anything to, requests are refused; with the first backend back they are not.</summary>
internal sealed class BackendsAllDown : IScenario
{
    public string Name => "backends-all-down";

    public string Summary => "all backends are killed at once, and come back one after the other";

    public async Task RunAsync(Trial trial)
    {
        var began = trial.Begin();
        foreach (var backend in trial.Backends) backend.Kill();
        await trial.HoldAsync();
        foreach (var backend in trial.Backends)
        {
            await backend.RestartAsync();
            trial.Absent(backend.Name, AbsenceKind.Killed, began, trial.Now);
        }

        var back = trial.Now;
        await trial.Cluster.WholeAsync();
        // Until checks have passed, a node may know of nobody.
        trial.Excuse(Excuses.NobodyThere(began, trial.End()));
        trial.Note($"{trial.Ended - back:F0} ms from the last backend's return until all are up on all nodes");
    }
}
