using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A backend that is deployed anew is gone for a moment, too short for any check, again and again.</summary>
internal sealed class BackendReturns : IScenario
{
    public string Name => "backend-returns";

    public string Summary => "one of four backends is killed and is back after 100 to 300 ms, once a second";

    public async Task RunAsync(Trial trial)
    {
        var backend = trial.Backends[1];
        for (trial.Begin(); trial.Now - trial.Began < trial.During.TotalMilliseconds;)
        {
            var killed = trial.Now;
            backend.Kill();
            trial.Excuse(Excuses.BackendDies(backend.Name, killed), Excuses.AnswerDies(backend.Name, killed));
            await Task.Delay(trial.Random.Next(100, 300), trial.Stop);
            await backend.RestartAsync();
            trial.Absent(backend.Name, AbsenceKind.Killed, killed, trial.Now);
            await Task.Delay(trial.Random.Next(600, 1_000), trial.Stop);
        }

        trial.End();
    }
}
