using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>A part of the monitor's whole word; a snapshot of thousands of backends would not fit into one frame.</summary>
/// <param name="Term">Grows with every monitor.</param>
/// <param name="Sequence">Grows with every snapshot of a term.</param>
/// <param name="Part">0 to <paramref name="Parts"/> - 1.</param>
/// <param name="Parts">1 or more.</param>
/// <param name="Entries">By backend.</param>
internal sealed record HealthSnapshotPart(long Term, long Sequence, int Part, int Parts, EquatableList<VerdictEntry> Entries)
    : IClusterMessage;

/// <param name="Count">Results in a row that speak against it.</param>
/// <param name="CheckedFor">Milliseconds since checking began.</param>
/// <param name="BackFor">Milliseconds since it came back; null = it never did, or its whole pool was new.</param>
internal sealed record VerdictEntry(string Backend, ActiveHealth Health, int Count, long CheckedFor, long? BackFor, string Reason)
{
    /// <summary>Of the server it is about; empty = a node of before did not say.</summary>
    public string Address { get; init; } = "";
}

/// <summary>
/// Every second from the monitor to every agent: this is my latest word. An agent that lacks it sends <see cref="PullSnapshot"/>.
/// </summary>
internal sealed record HealthDigest(long Term, long Sequence) : IClusterMessage;

/// <summary>Answered with every <see cref="HealthSnapshotPart"/> of the latest snapshot that the one asked has.</summary>
internal sealed record PullSnapshot : IClusterMessage;

/// <summary>The monitor to a witness: ask it once yourself. Answered with <see cref="ProbeReport"/>.</summary>
internal sealed record ProbeRequest(string Backend) : IClusterMessage
{
    /// <summary>The server that it is about: who dials another one cannot tell. Empty = a node of before did not say.</summary>
    public string Address { get; init; } = "";
}

/// <param name="Node">The name of the one who answers.</param>
/// <param name="Result">Null = nothing was learnt.</param>
internal sealed record ProbeReport(string Backend, string Node, CheckResult? Result) : IClusterMessage;

/// <summary>An agent to the monitor: real traffic failed on these here.</summary>
internal sealed record FailureReport(EquatableList<string> Backends) : IClusterMessage;
