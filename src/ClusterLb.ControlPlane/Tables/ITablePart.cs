using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Tables;

/// <summary>Finds something out that tables need and no configuration has. Any thread.</summary>
public interface ITablePart
{
    /// <summary>
    /// Asks for what it does not know yet, and waits for the answers up to <see cref="DesiredTable.StartBound"/>; changes nothing else.
    /// </summary>
    /// <param name="desired">As an operator wrote it.</param>
    Task PrepareAsync(ClusterLbConfig desired);

    /// <summary>
    /// A configuration with what is known; a pool about which nothing is known is equal. Called under a lock, so it takes none.
    /// </summary>
    /// <param name="config">Prepared.</param>
    ClusterLbConfig Put(ClusterLbConfig config);

    /// <summary>The table of a configuration has been published: what only another one needed is forgotten.</summary>
    /// <param name="desired">Prepared.</param>
    void Follow(ClusterLbConfig desired);

    /// <summary>What was prepared is not applied: what the configuration in force does not need is forgotten.</summary>
    void Abandon();
}
