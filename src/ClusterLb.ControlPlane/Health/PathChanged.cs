using Akka.Actor;

namespace ClusterLb.ControlPlane.Health;

/// <summary>To the publisher: this node alone does without a backend, or no longer.</summary>
internal sealed record PathChanged(string Backend, bool IsReachable, string Reason) : INoSerializationVerificationNeeded;
