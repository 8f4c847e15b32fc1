using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>A part of what the node that asks for the cluster has found; the parts of one version are whole together.</summary>
/// <param name="Part">0 to <paramref name="Parts"/> - 1.</param>
/// <param name="Entries">One source may be in several parts.</param>
internal sealed record FoundPart(long Term, long Sequence, int Part, int Parts, EquatableList<FoundEntry> Entries) : IClusterMessage;

/// <param name="Pool">The pool's name.</param>
/// <param name="Source">As the configuration has it.</param>
/// <param name="Backends">Empty = it has none, or others are in other parts.</param>
internal sealed record FoundEntry(string Pool, string Source, EquatableList<FoundBackend> Backends);

/// <summary>Which word of the node that asks is the latest; to that node from one that has a later one.</summary>
internal sealed record FoundDigest(long Term, long Sequence) : IClusterMessage;

/// <summary>Answered with every part of the latest word.</summary>
internal sealed record PullFound : IClusterMessage;
