using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>
/// What a node says of itself to every other, five times a second: the whole of it, so that a lost one costs nothing and the last one is
/// forgotten with its node.
/// </summary>
/// <param name="Term">Of the snapshot it goes by.</param>
/// <param name="Sequence">Of that snapshot, within its term.</param>
/// <param name="IsStale">It hears no monitor and checks for itself.</param>
/// <param name="Gauges">What it has in flight, by backend; those with nothing are left out.</param>
/// <param name="Unreachable">Backends that it alone cannot reach.</param>
/// <param name="Drains">How far its part of every drain is.</param>
internal sealed record NodeReport(
    string Node,
    NodeFacts Facts,
    long Term,
    long Sequence,
    bool IsStale,
    EquatableList<Gauge> Gauges,
    EquatableList<Exclusion> Unreachable,
    EquatableList<DrainProgress> Drains) : IClusterMessage
{
    /// <summary>How often it is told.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Of everything that operators want, as the node knows it; null = it does not say, as nodes of before did. Who knows something else
    /// tells it that.
    /// </summary>
    public ulong? AdminDigest { get; init; }

    /// <summary>Of the modes of drains, as the node knows them; null = it does not say, as nodes of before did.</summary>
    public ulong? ModesDigest { get; init; }

    /// <summary>Of the keys of our cookie that nodes share; null = it does not say.</summary>
    public ulong? KeysDigest { get; init; }

    /// <summary>Backends under whose names it finds another server than the monitor's node.</summary>
    public EquatableList<Whereabouts> Elsewhere { get; init; } = [];
}

/// <summary>A node as a process.</summary>
/// <param name="Phase"><c>starting</c>, <c>ready</c> or <c>draining</c>.</param>
/// <param name="Fingerprint">Of the configuration, what may differ from node to node left out.</param>
/// <param name="RequestsPerSecond">Over the last second or so; TCP connections count as requests.</param>
/// <param name="UptimeMilliseconds">Since its start.</param>
/// <param name="Ring">The epoch of its hash tables; 0 = it does not say.</param>
public sealed record NodeFacts(string Phase, string Fingerprint, int EventLoops, long ActiveConnections, double RequestsPerSecond,
    long UptimeMilliseconds, ulong Ring)
{
    /// <summary>Of the program, such as <c>0.1.0</c>; empty = it does not say, as nodes of before did.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where clients find it, for the cluster's own zone; none = it says none.</summary>
    public EquatableList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Although its phase is <c>ready</c>, clients should not be sent there at the moment.</summary>
    public bool IsUnready { get; init; }

    /// <summary>Of the cluster's zone as it knows it; 0 = it serves none.</summary>
    public uint ZoneSerial { get; init; }

    /// <summary>It answers for the cluster's zone.</summary>
    public bool IsNameServer { get; init; }

    /// <summary>The last reload of the cluster that it followed; null = it knows no such thing, as nodes of before did.</summary>
    public ReloadEpoch? Epoch { get; init; }
}

internal sealed record Gauge(string Backend, int InFlight);

internal sealed record Exclusion(string Backend, string Reason);

/// <param name="Address">That the node dials.</param>
/// <param name="OfMonitor">That the monitor checks.</param>
internal sealed record Whereabouts(string Backend, string Address, string OfMonitor);

/// <param name="Version">Of the intent.</param>
/// <param name="IsDone">Nothing is left in the cluster as this node sees it, or the deadline is past.</param>
/// <param name="Cut">Connections that this node closed at the deadline.</param>
internal sealed record DrainProgress(string Backend, long Version, bool IsDone, int Cut);

/// <summary>An operator's word to one node, through any other. Answered with <see cref="NodeCommandDone"/>.</summary>
/// <param name="IsDrain">False = ready again.</param>
internal sealed record NodeCommand(bool IsDrain) : IClusterMessage;

/// <param name="Phase">Of the node now.</param>
internal sealed record NodeCommandDone(string Phase) : IClusterMessage;

/// <summary>Answered with <see cref="EventsReport"/>.</summary>
internal sealed record EventsRequest : IClusterMessage;

/// <param name="Events">What only the answering node knows of, oldest first.</param>
internal sealed record EventsReport(EquatableList<ClusterEventEntry> Events) : IClusterMessage;

/// <param name="UtcMilliseconds">Since 1970.</param>
/// <param name="Subject">A backend, pool or node.</param>
/// <param name="Text">What happened, with its evidence.</param>
public sealed record ClusterEventEntry(long UtcMilliseconds, string Node, string Subject, string Text);
