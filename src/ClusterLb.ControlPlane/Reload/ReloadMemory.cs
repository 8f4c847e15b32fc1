using ClusterLb.Core.Reload;

namespace ClusterLb.ControlPlane.Reload;

/// <summary>Where this node stands among reloads of the cluster. Outlives ActorSystems. One actor writes, any thread reads.</summary>
public sealed class ReloadMemory
{
    private volatile ReloadEpoch _epoch = ReloadEpoch.None;

    /// <summary>That this node is at.</summary>
    public ReloadEpoch Epoch
    {
        get => _epoch;
        internal set => _epoch = value;
    }

    /// <summary>The last epoch for which this node has read its files, and they were others.</summary>
    internal ReloadEpoch Tried { get; set; } = ReloadEpoch.None;
}
