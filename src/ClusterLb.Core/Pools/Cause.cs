namespace ClusterLb.Core.Pools;

/// <summary>Why a member may be another one now.</summary>
/// <param name="Reason">What happened; null = time went by.</param>
/// <param name="IsDated">The cluster has dated its comeback.</param>
internal readonly record struct Cause(string? Reason, bool IsDated);
