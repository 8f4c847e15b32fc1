using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Membership;

/// <param name="HeardAt">Monotonic milliseconds.</param>
internal sealed record PeerReport(NodeReport Report, long HeardAt);
