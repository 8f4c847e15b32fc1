using Akka.Event;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>
/// Crosses nodes, so it is a sealed record with a codec in <see cref="ClusterSerializer"/>. Times cross as ages in milliseconds, because
/// the monotonic clocks of two nodes have nothing in common. Any of them may be lost, so a dead letter is no news. The rules for changing
/// one are in docs/wire.md.
/// </summary>
public interface IClusterMessage : IDeadLetterSuppression;
