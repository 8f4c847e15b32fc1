namespace ClusterLb.ControlPlane.Stores;

/// <summary>One thing that a store outside keeps for when all nodes have stopped. Called by one actor.</summary>
/// <param name="Name">In the store.</param>
/// <param name="Merge">
/// What is to be kept now, given what is kept: nothing of that may be lost which this node has not come to know yet. Null = nothing yet.
/// </param>
/// <param name="Read">Takes what is kept; empty when nothing is.</param>
internal sealed record StoredDocument(string Name, Func<byte[], byte[]?> Merge, Action<byte[]> Read);
