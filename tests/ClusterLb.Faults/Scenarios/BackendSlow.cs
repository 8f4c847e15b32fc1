using ClusterLb.Faults.Backends;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>Slow is not dead: nothing fails, and nobody's session moves.</summary>
internal sealed class BackendSlow : IScenario
{
    public string Name => "backend-slow";

    public string Summary => "one of four backends takes 20 times as long for everything but its health checks";

    public async Task RunAsync(Trial trial)
    {
        var backend = trial.Backends[0];
        var offset = backend.JournalLength;
        trial.Begin();
        await backend.BehaveAsync(Behaviour.Usual with { Slowness = 20 });
        await trial.HoldAsync();
        await backend.BehaveAsync(Behaviour.Usual);
        trial.End();
        var served = backend.ReceiptsFrom(offset).Count(receipt => receipt.Stamp.Id.StartsWith("/app/", StringComparison.Ordinal));
        trial.Note($"{served} requests without a session went to it meanwhile");
    }
}
