using ClusterLb.ControlPlane.Events;
using System.Globalization;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;

namespace ClusterLb.Node.Hosting;

/// <summary>Writes pools' transitions to the log and the journal. Logging only queues a line, so loops do not wait for it.</summary>
internal sealed class LoggedPoolEvents(ILogger logger, EventJournal journal) : IPoolEvents
{
    public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
        logger.BackendChanged(backend.Id, Name(from), Name(to), reason);
        journal.Add(backend.Id, $"{Name(from)} -> {Name(to)}: {reason}");
    }

    public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
        if (failOpen) logger.PoolFailsOpen(pool, healthy, configured);
        else logger.PoolRecovered(pool, healthy, configured);
        journal.Add(pool, string.Create(CultureInfo.InvariantCulture,
            $"{(failOpen ? "fails open" : "goes by health again")}: {healthy} of {configured} backends are healthy"));
    }

    private static string Name(EffectiveState state) => state.ToString().ToUpperInvariant();
}
