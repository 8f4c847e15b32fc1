using System.Collections.Concurrent;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// What this node knows of the health of backends. Outlives ActorSystems: a new one goes on from here, so that its start changes no
/// backend's state. Actors write, any thread reads.
/// </summary>
public sealed class HealthMemory
{
    private readonly Clock _clock;
    private volatile HealthSnapshot _lastSnapshot = HealthSnapshot.None;
    private volatile bool _hasHeardMonitor;
    private volatile bool _isStale;
    private long _storedTerm;
    private long _watchedAt;

    public HealthMemory(Clock clock)
    {
        _clock = clock;
        _watchedAt = clock.NowMilliseconds;
    }

    /// <summary>Where the data plane reports failures.</summary>
    public TrafficReports Reports { get; } = new();

    public ProbeCounts Probes { get; } = new();

    /// <summary>No monitor is heard; the last verdicts hold, and this node's own checks.</summary>
    public bool IsStale
    {
        get => _isStale;
        internal set => _isStale = value;
    }

    /// <summary>
    /// How long nobody has looked after the backends here: no word of the monitor, and no checks of this node's own instead.
    /// </summary>
    public TimeSpan Unwatched => TimeSpan.FromMilliseconds(_clock.NowMilliseconds - Volatile.Read(ref _watchedAt));

    /// <summary>A monitor has told this node its verdicts.</summary>
    internal bool HasHeardMonitor
    {
        get => _hasHeardMonitor;
        set => _hasHeardMonitor = value;
    }

    /// <summary>The monitor's last word.</summary>
    internal HealthSnapshot LastSnapshot
    {
        get => _lastSnapshot;
        set => _lastSnapshot = value;
    }

    /// <summary>The highest term that any monitor is known to have had, from before all nodes stopped; 0 = unknown.</summary>
    internal long StoredTerm
    {
        get => Interlocked.Read(ref _storedTerm);
        set => Interlocked.Exchange(ref _storedTerm, value);
    }

    /// <summary>The highest term that is known of any monitor.</summary>
    internal long HighestTerm => Math.Max(StoredTerm, LastSnapshot.Term);

    /// <summary>Backends that this node alone cannot reach, with the reason, by id.</summary>
    internal ConcurrentDictionary<string, string> Unreachable { get; } = new();

    /// <summary>Of backends given by name.</summary>
    internal OwnServers Servers { get; } = new();

    /// <summary>Somebody looks after the backends.</summary>
    internal void Watch() => Volatile.Write(ref _watchedAt, _clock.NowMilliseconds);
}
