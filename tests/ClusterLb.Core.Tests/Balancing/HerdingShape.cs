using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>What a simulated cluster is put through: a fifth of the arrivals come in bursts, one backend is five times slower.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Service">Mean time in flight, seconds, exponential.</param>
/// <param name="Each">In flight per backend in the whole cluster, about.</param>
/// <param name="Duration">Virtual seconds that are looked at.</param>
/// <param name="Skewed">One node takes half of the arrivals, the others share the rest.</param>
public sealed record HerdingShape(string Name, double Service, int Each, double Duration, bool Skewed = false)
{
    public override string ToString() => Name;
}

/// <summary>A policy, and what its nodes make of the gauges of the others.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Policy">As in <c>balance</c>.</param>
/// <param name="Hear">Takes the sum for one backend, and how many the others are.</param>
/// <param name="Key">The key of every request; null = none has one.</param>
internal sealed record HerdingContender(string Name, string Policy, Action<BackendLoad, int, int> Hear, ulong? Key = null);

/// <summary>The most loaded backend against the average of all, at the moments looked at.</summary>
/// <param name="P99">Exceeded in 1 % of the moments.</param>
/// <param name="Max">The worst.</param>
internal readonly record struct HerdingPeaks(double P99, double Max);
