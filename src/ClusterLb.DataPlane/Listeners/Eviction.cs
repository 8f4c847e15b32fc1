namespace ClusterLb.DataPlane.Listeners;

/// <summary>What came of looking for a client that makes room.</summary>
internal enum Eviction
{
    /// <summary>Nobody may go here; somebody elsewhere may.</summary>
    None,

    /// <summary>A hoard has only just come: nobody, wherever, goes in its stead.</summary>
    Wait,
    Evicted,
}
