using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;

namespace ClusterLb.Node.Hosting;

/// <summary>Writes pools' transitions to the log. Logging is queued by the console logger, so loops do not wait for it.</summary>
internal sealed class LoggedPoolEvents(ILogger logger) : IPoolEvents
{
    public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason) =>
        logger.BackendChanged(backend.Id, Name(from), Name(to), reason);

    public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
        if (failOpen) logger.PoolFailsOpen(pool, healthy, configured);
        else logger.PoolRecovered(pool, healthy, configured);
    }

    private static string Name(EffectiveState state) => state.ToString().ToUpperInvariant();
}
