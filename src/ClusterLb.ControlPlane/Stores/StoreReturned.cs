using Akka.Actor;

namespace ClusterLb.ControlPlane.Stores;

/// <summary>
/// On the event stream of this node: a store outside is there again, or for the first time, and may have come back empty. Whoever fills it
/// subscribes, and looks for itself at its start, for it may have come before.
/// </summary>
internal sealed record StoreReturned : INoSerializationVerificationNeeded;
