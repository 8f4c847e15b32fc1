using ClusterLb.Faults.Processes;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>Nodes that are asked to leave finish what they have: nothing fails.</summary>
internal sealed class RollingRestart : IScenario
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public string Name => "rolling-restart";

    public string Summary => "one node after the other is ended by SIGTERM and started, when the last one is back";

    public async Task RunAsync(Trial trial)
    {
        trial.Begin();
        foreach (var node in trial.Cluster.Nodes)
        {
            var asked = trial.Now;
            node.Signal(Libc.SIGTERM);
            using var patience = new CancellationTokenSource(s_patience);
            try
            {
                await node.ExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                trial.Violate($"{node.Name} did not end within {s_patience.TotalSeconds} s of SIGTERM");
            }

            var ended = trial.Now;
            await node.StartAsync();
            await trial.Cluster.WholeAsync();
            trial.Note($"{node.Name} left in {(ended - asked) / 1000:F1} s and was back after {(trial.Now - ended) / 1000:F1} s");
        }

        trial.End();
    }
}
