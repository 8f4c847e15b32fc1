using System.Collections.Concurrent;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>What outlives an ActorSystem: a new one goes on from here, so that its start changes no backend's state. Actors write, anybody reads.</summary>
public sealed class ControlPlaneMemory(ClusterLbConfig config, RoutingTableHolder tables, ILogger logger, TimeProvider time)
{
    private volatile HealthSnapshot _lastSnapshot = HealthSnapshot.None;
    private volatile string _bootstrapState = "";
    private volatile IReadOnlyList<NodeAddress> _seeds = [];
    private volatile bool _hasHeardMonitor;
    private volatile bool _hasAdminState;
    private volatile bool _isStale;

    public ClusterLbConfig Config { get; } = config;

    /// <summary>Holds the first table before any ActorSystem runs: the node builds it itself.</summary>
    public RoutingTableHolder Tables { get; } = tables;

    /// <summary>Monotonic, on the same clock as the event loops.</summary>
    public long NowMilliseconds => (long)(time.GetTimestamp() * (1000.0 / time.TimestampFrequency));

    /// <summary>The wall clock: only for what nodes must agree on by it.</summary>
    public DateTimeOffset UtcNow => time.GetUtcNow();

    public long UtcMilliseconds => UtcNow.ToUnixTimeMilliseconds();

    /// <summary>Where the data plane reports failures.</summary>
    public TrafficReports Reports { get; } = new();

    public ProbeCounts Probes { get; } = new();

    /// <summary>What was decided lately, with the evidence.</summary>
    public EventJournal Events { get; } = new(config.Node.Name, logger, time);

    /// <summary>True once the node knows what it needs to balance as the others do: verdicts and admin state. Without a monitor its own checks do.</summary>
    public bool IsInformed => (HasHeardMonitor && HasAdminState) || IsStale;

    /// <summary>No monitor is heard; the last verdicts hold, and this node's own checks.</summary>
    public bool IsStale
    {
        get => _isStale;
        internal set => _isStale = value;
    }

    internal bool HasHeardMonitor
    {
        get => _hasHeardMonitor;
        set => _hasHeardMonitor = value;
    }

    internal bool HasAdminState
    {
        get => _hasAdminState;
        set => _hasAdminState = value;
    }

    /// <summary>What bootstrap last did or waits for.</summary>
    internal string BootstrapState
    {
        get => _bootstrapState;
        set => _bootstrapState = value;
    }

    /// <summary>What the configured seeds stood for when they last resolved to anything.</summary>
    internal IReadOnlyList<NodeAddress> Seeds
    {
        get => _seeds;
        set => _seeds = value;
    }

    /// <summary>The monitor's last word.</summary>
    internal HealthSnapshot LastSnapshot
    {
        get => _lastSnapshot;
        set => _lastSnapshot = value;
    }

    /// <summary>What operators asked for, by backend id.</summary>
    internal ConcurrentDictionary<string, AdminIntent> Intents { get; } = new();

    /// <summary>How far this node is with drains, by backend id.</summary>
    internal ConcurrentDictionary<string, DrainProgress> Drains { get; } = new();

    /// <summary>Backends that this node alone cannot reach, with the reason, by id.</summary>
    internal ConcurrentDictionary<string, string> Unreachable { get; } = new();

    /// <summary>What the other nodes last said of themselves, by address.</summary>
    internal ConcurrentDictionary<string, PeerReport> Peers { get; } = new();

    /// <summary>Names by address, also of nodes that are gone.</summary>
    internal ConcurrentDictionary<string, string> Names { get; } = new();

    /// <summary>Host and port while the node has not been heard.</summary>
    internal string NameOf(string address) => Names.GetValueOrDefault(address, address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..]);
}
