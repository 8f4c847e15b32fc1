using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Pools;

/// <summary>One member as people see it.</summary>
/// <param name="Effective">All put together.</param>
/// <param name="Admin">What the operator wants.</param>
/// <param name="Active">What checks say.</param>
/// <param name="Reason">The evidence for the last change.</param>
/// <param name="SinceMilliseconds">When it last changed, monotonic.</param>
/// <param name="Weight">Its weight now x 100; 0 = takes no work.</param>
/// <param name="OperatorWeight">An operator's weight in place of the configured one, 0 to 256; null = none.</param>
/// <param name="WeightReason">Why the operator's weight was last set or withdrawn; empty = never.</param>
public sealed record MemberSnapshot(
    Backend Backend,
    EffectiveState Effective,
    AdminState Admin,
    ActiveHealth Active,
    string Reason,
    long SinceMilliseconds,
    int Weight,
    int? OperatorWeight,
    string WeightReason);
