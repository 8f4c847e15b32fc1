using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Sessions;

/// <summary>What becomes of a request whose session is bound.</summary>
public enum BindingFate
{
    /// <summary>
    /// To the session's backend, whatever its weight and whatever this node has seen of it: the request itself is the trial, and is
    /// diverted when that fails.
    /// </summary>
    Stay,

    /// <summary>The cluster holds the backend for gone: the session gets another, once and for everybody.</summary>
    Move,
}

/// <summary>A session moves only on the cluster's word (decision 0011): what one node sees for itself is for new work to heed.</summary>
public static class BindingRule
{
    /// <param name="state">Of the backend the session is bound to.</param>
    /// <param name="failOpen">Health is overruled, and then a session's backend is as good as any other.</param>
    public static BindingFate Of(EffectiveState state, bool failOpen) => state switch
    {
        EffectiveState.Drained or EffectiveState.Maintenance => BindingFate.Move,
        EffectiveState.Down when !failOpen => BindingFate.Move,
        _ => BindingFate.Stay,
    };
}
