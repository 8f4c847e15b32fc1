using System.Collections.Concurrent;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>What outlives an ActorSystem: a new one goes on from here, so that its start changes no backend's state.</summary>
public sealed class ControlPlaneMemory(ClusterLbConfig config, RoutingTableHolder tables, TimeProvider time)
{
    private volatile HealthSnapshot _lastSnapshot = HealthSnapshot.None;

    public ClusterLbConfig Config { get; } = config;

    /// <summary>Holds the first table before any ActorSystem runs: the node builds it itself.</summary>
    public RoutingTableHolder Tables { get; } = tables;

    /// <summary>Monotonic, on the same clock as the event loops.</summary>
    public long NowMilliseconds => (long)(time.GetTimestamp() * (1000.0 / time.TimestampFrequency));

    /// <summary>Where the data plane reports failures.</summary>
    public TrafficReports Reports { get; } = new();

    public ProbeCounts Probes { get; } = new();

    /// <summary>The monitor's last word.</summary>
    internal HealthSnapshot LastSnapshot
    {
        get => _lastSnapshot;
        set => _lastSnapshot = value;
    }

    /// <summary>What operators asked for, by backend id.</summary>
    internal ConcurrentDictionary<string, AdminMachine> Admin { get; } = new();
}
