using ClusterLb.Core.Health;

namespace ClusterLb.Core.Sessions;

/// <summary>What becomes of a request whose session is bound.</summary>
public enum BindingFate
{
    /// <summary>To the session's backend, whatever its weight.</summary>
    Stay,

    /// <summary>Elsewhere this time: it is this node alone that cannot use the backend, so the session does not move.</summary>
    Divert,

    /// <summary>The cluster holds the backend for gone: the session gets another, once and for everybody.</summary>
    Move,
}

/// <summary>A session moves only on the cluster's word (decision 0011); what one node sees for itself costs a request its backend, not a session.</summary>
public static class BindingRule
{
    /// <param name="state">Of the backend the session is bound to.</param>
    /// <param name="failOpen">Health is overruled, and then a session's backend is as good as any other.</param>
    public static BindingFate Of(EffectiveState state, bool failOpen) => state switch
    {
        // Nobody judged yet means nobody condemned: a node serves sessions before its checks do.
        EffectiveState.Up or EffectiveState.Trial or EffectiveState.Draining or EffectiveState.Unknown => BindingFate.Stay,
        EffectiveState.Drained or EffectiveState.Maintenance => BindingFate.Move,
        _ when failOpen => BindingFate.Stay,
        EffectiveState.Down => BindingFate.Move,
        _ => BindingFate.Divert,
    };
}
