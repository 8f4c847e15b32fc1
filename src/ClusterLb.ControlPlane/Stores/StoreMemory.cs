namespace ClusterLb.ControlPlane.Stores;

/// <summary>What this node has had of a store outside. Outlives ActorSystems. Any thread.</summary>
public sealed class StoreMemory
{
    private volatile bool _isRead = true;

    /// <summary>What it remembers was read, or there is none, or it did not answer.</summary>
    internal bool IsRead
    {
        get => _isRead;
        set => _isRead = value;
    }
}
