namespace ClusterLb.DataPlane.Transport;

/// <summary>One event loop as metrics show it.</summary>
/// <param name="Name">Of its thread, as <c>top -H</c> shows it.</param>
/// <param name="Busy">How long it has worked since it started, and not waited for events.</param>
public sealed record LoopSnapshot(string Name, TimeSpan Busy);
