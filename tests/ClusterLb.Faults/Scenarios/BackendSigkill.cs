using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A dead backend costs what was with it and must not be sent twice; everything else is served by others.</summary>
internal sealed class BackendSigkill : IScenario
{
    public string Name => "backend-sigkill";

    public string Summary => "one of four backends is killed; nobody listens at its port until the end";

    public async Task RunAsync(Trial trial)
    {
        var backend = trial.Backends[1];
        var began = trial.Begin();
        backend.Kill();
        trial.Excuse(Excuses.BackendDies(backend.Name, began), Excuses.AnswerDies(backend.Name, began));
        await trial.DetectAsync($"{backend.Name} is out of rotation", trial.Cluster.Nodes, report => report.IsOut(backend.Name));
        await trial.HoldAsync();
        await backend.RestartAsync();
        trial.Absent(backend.Name, AbsenceKind.Killed, began, trial.End());
    }
}
