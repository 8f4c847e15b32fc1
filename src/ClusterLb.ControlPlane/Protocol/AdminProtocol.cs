using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>
/// What an operator wants of one backend, on every node. The higher version wins, so all nodes end up with the same. DRAINED is nobody's wish:
/// every node finds it out for itself.
/// </summary>
/// <param name="Backend">Its id.</param>
/// <param name="State">Ready, Draining or Maintenance.</param>
/// <param name="Weight">0 to 256; null = as configured.</param>
/// <param name="DeadlineUtcMilliseconds">When a drain stops waiting, since 1970; 0 when not draining.</param>
/// <param name="SinceUtcMilliseconds">When <paramref name="State"/> began, since 1970: where a slow start counts from.</param>
/// <param name="Version">Wall clock ticks, but always higher than that of the intent it replaces.</param>
/// <param name="Node">Through which node it was said.</param>
public sealed record AdminIntent(string Backend, AdminState State, int? Weight, long DeadlineUtcMilliseconds, long SinceUtcMilliseconds, long Version, string Node) : IClusterMessage;
