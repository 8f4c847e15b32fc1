using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A frozen backend takes connections and says nothing: whoever is sent there until it is found out waits in vain.</summary>
internal sealed class BackendSigstop : IScenario
{
    public string Name => "backend-sigstop";

    public string Summary => "one of four backends is stopped: it takes connections and says nothing";

    public async Task RunAsync(Trial trial)
    {
        var backend = trial.Backends[2];
        var began = trial.Begin();
        backend.Freeze();
        try
        {
            var detected = await trial.DetectAsync($"{backend.Name} is out of rotation", trial.Cluster.Nodes,
                report => report.IsOutOfHttp(backend.Name));
            trial.Excuse(Excuses.BackendIsMute(backend.Name, began, detected));
            await trial.HoldAsync();
        }
        finally
        {
            backend.Thaw();
        }

        trial.Absent(backend.Name, AbsenceKind.Frozen, began, trial.End());
        trial.Excuse(Excuses.LinesAreMute(backend.Name, began, trial.Ended));
    }
}
