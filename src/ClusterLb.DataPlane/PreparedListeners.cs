namespace ClusterLb.DataPlane;

/// <summary>A change of listeners for which everything is there that could fail: one of the two ends it.</summary>
/// <param name="CommitAsync">
/// Makes the change on every loop: nobody who connects is refused or reset, who is connected stays. A listener that is gone has its clients
/// finish. Call it when the routing table has the routes of the new listeners.
/// </param>
/// <param name="AbandonAsync">Leaves everything as it is.</param>
public sealed record PreparedListeners(Func<Task> CommitAsync, Func<Task> AbandonAsync);
