using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Pools;

/// <summary>Hears of transitions, once each. Called on event loops and actor threads alike; must not block or throw.</summary>
public interface IPoolEvents
{
    /// <param name="from">Before.</param>
    /// <param name="reason">The evidence in a few words, e.g. <c>connect refused</c> or <c>3 checks failed: status 500</c>.</param>
    void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason);

    void FailOpenChanged(string pool, bool failOpen, int healthy, int configured);
}
