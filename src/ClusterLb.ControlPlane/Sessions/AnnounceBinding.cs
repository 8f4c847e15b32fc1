using Akka.Actor;
using Akka.Event;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// From the actor of a session that was bound, moved or evicted, or from this node itself of one that an application has made; answered
/// with <see cref="BindingAnnounced"/>.
/// </summary>
internal sealed record AnnounceBinding(Binding Binding) : INoSerializationVerificationNeeded;

/// <summary>Every node that can be reached has it; or one did not say so in time.</summary>
internal sealed record BindingAnnounced(Binding Binding) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
