namespace ClusterLb.ControlPlane.Stores;

/// <summary>What this node has had of a store outside. Outlives ActorSystems. Any thread.</summary>
public sealed class StoreMemory
{
    private volatile bool _isRead = true;
    private int _returns;

    /// <summary>What it remembers was read, or there is none, or it did not answer.</summary>
    internal bool IsRead
    {
        get => _isRead;
        set => _isRead = value;
    }

    /// <summary>How often it has come (back): what it should hold is written anew then.</summary>
    internal int Returns => Volatile.Read(ref _returns);

    /// <summary>Called when it is there (again). Any thread.</summary>
    internal void Returned() => Interlocked.Increment(ref _returns);
}
