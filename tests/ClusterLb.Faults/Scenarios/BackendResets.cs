using ClusterLb.Faults.Backends;
using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>An answer that has begun cannot be taken back: it ends early for its client, and for nobody else.</summary>
internal sealed class BackendResets : IScenario
{
    private const int OneIn = 5;

    public string Name => "backend-resets";

    public string Summary => "one of four backends resets every fifth connection within its answer";

    public async Task RunAsync(Trial trial)
    {
        var backend = trial.Backends[3];
        var began = trial.Begin();
        await backend.BehaveAsync(Behaviour.Usual with { ResetEvery = OneIn });
        await trial.HoldAsync();
        await backend.BehaveAsync(Behaviour.Usual);
        var ended = trial.End();
        trial.Excuse(Excuses.BackendResets(backend.Name, began, ended));
        // A session whose requests fail at home is diverted meanwhile.
        trial.Absent(backend.Name, AbsenceKind.Killed, began, ended);
    }
}
