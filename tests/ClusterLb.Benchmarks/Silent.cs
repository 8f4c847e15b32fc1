using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;

namespace ClusterLb.Benchmarks;

/// <summary>Hears of transitions and says nothing.</summary>
internal sealed class Silent : IPoolEvents
{
    public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }
}
