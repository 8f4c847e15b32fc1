using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Pools;

/// <summary>What one change of a pool did, gathered under its lock and told after it.</summary>
internal sealed class PoolTransitions(string pool)
{
    private readonly List<(Backend Backend, EffectiveState From, EffectiveState To, string Reason)> _states = [];
    private (bool FailOpen, int Healthy, int Configured)? _failOpen;

    public void Add(Backend backend, EffectiveState from, EffectiveState to, string reason) => _states.Add((backend, from, to, reason));

    public void FailOpen(bool failOpen, int healthy, int configured) => _failOpen = (failOpen, healthy, configured);

    public void Raise(IPoolEvents events)
    {
        foreach (var (backend, from, to, reason) in _states) events.EffectiveStateChanged(backend, from, to, reason);
        if (_failOpen is var (failOpen, healthy, configured)) events.FailOpenChanged(pool, failOpen, healthy, configured);
    }
}
