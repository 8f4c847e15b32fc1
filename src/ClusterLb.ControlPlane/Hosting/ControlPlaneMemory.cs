using System.Collections.Concurrent;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// What outlives an ActorSystem: a new one goes on from here, so that its start changes no backend's state. Actors write, anybody reads.
/// </summary>
public sealed class ControlPlaneMemory(ClusterLbConfig config, RoutingTableHolder tables, ILogger logger, TimeProvider time)
{
    private volatile HealthSnapshot _lastSnapshot = HealthSnapshot.None;
    private volatile string _bootstrapState = "";
    private volatile IReadOnlyList<NodeAddress> _seeds = [];
    private volatile bool _hasHeardMonitor;
    private volatile bool _hasAdminState;
    private volatile bool _canAsk;
    private volatile bool _hasSessions;
    private volatile bool _isStale;
    private long _watchedAt = NowOf(time);
    private volatile bool _hasStoredState = true;
    private volatile bool _hasLookedAround;
    private long _storedTerm;
    private ulong _adminDigest;
    private int _storeReturns;
    private volatile EvacuationProgress? _evacuation;

    public ClusterLbConfig Config { get; } = config;

    /// <summary>Holds the first table before any ActorSystem runs: the node builds it itself.</summary>
    public RoutingTableHolder Tables { get; } = tables;

    /// <summary>Monotonic, on the same clock as the event loops.</summary>
    public long NowMilliseconds => NowOf(Time);

    /// <summary>The wall clock: only for what nodes must agree on by it.</summary>
    public DateTimeOffset UtcNow => Time.GetUtcNow();

    public long UtcMilliseconds => UtcNow.ToUnixTimeMilliseconds();

    /// <summary>What bindings expire by.</summary>
    public uint UtcSeconds => (uint)UtcNow.ToUnixTimeSeconds();

    /// <summary>Where the data plane reports failures.</summary>
    public TrafficReports Reports { get; } = new();

    public ProbeCounts Probes { get; } = new();

    /// <summary>What was decided lately, with the evidence.</summary>
    public EventJournal Events { get; } = new(config.Node.Name, logger, time);

    /// <summary>Where sessions are, as this node knows it.</summary>
    public BindingTable Bindings { get; } = new(config.Sticky.Capacity);

    /// <summary>How many of them each backend has.</summary>
    public BoundCounts Bound => field ??= new BoundCounts(Bindings, Time);

    /// <summary>
    /// True once the node knows what it needs to balance as those do whom it can reach: what operators want, sessions, their key, and
    /// verdicts. Without a monitor its own checks do; the rest holds without one.
    /// </summary>
    public bool IsInformed => HasAdminState && HasSessions && HasCookieKey && (HasHeardMonitor || IsStale) && Tables.Current.Pools.All(pool => pool.IsAnswered);

    /// <summary>No monitor is heard; the last verdicts hold, and this node's own checks.</summary>
    public bool IsStale
    {
        get => _isStale;
        internal set => _isStale = value;
    }

    /// <summary>
    /// How long nobody has looked after the backends here: no word of the monitor, and no checks of this node's own instead.
    /// </summary>
    public TimeSpan Unwatched => TimeSpan.FromMilliseconds(NowMilliseconds - Volatile.Read(ref _watchedAt));

    internal bool HasHeardMonitor
    {
        get => _hasHeardMonitor;
        set => _hasHeardMonitor = value;
    }

    /// <summary>This node goes by what operators want, as every node that can be reached and the store outside know it.</summary>
    public bool HasAdminState
    {
        get => _hasAdminState;
        internal set => _hasAdminState = value;
    }

    /// <summary>An ActorSystem has run: others can be asked what they know.</summary>
    public bool CanAsk
    {
        get => _canAsk;
        internal set => _canAsk = value;
    }

    /// <summary>The bindings of all who can be reached are in the table.</summary>
    internal bool HasSessions
    {
        get => _hasSessions;
        set => _hasSessions = value;
    }

    /// <summary>Somebody looks after the backends.</summary>
    internal void Watch() => Volatile.Write(ref _watchedAt, NowMilliseconds);

    /// <summary>The clock of the process.</summary>
    internal TimeProvider Time { get; } = time;

    /// <summary>What event loops have to say of sessions.</summary>
    internal BindingNotes Notes { get; } = new();

    internal SessionTally Sessions { get; } = new();

    /// <summary>The last one that was begun through this node; null = none.</summary>
    internal EvacuationProgress? Evacuation
    {
        get => _evacuation;
        set => _evacuation = value;
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

    /// <summary>The keys of our cookie.</summary>
    public CookieKeysHolder CookieKeys { get; } = new();

    /// <summary>Of the keys that nodes share; null = the operator gave keys, on which there is nothing to agree.</summary>
    internal ulong? KeysDigest => Config.Sticky.Keys.Count == 0 ? CookieKeys.Current.Digest : null;

    /// <summary>A session that began before there is a key would be nobody's.</summary>
    internal bool HasCookieKey => CookieKeys.Current.Signing is not null || Config.Pools.All(pool => pool.Sticky.By != StickyBy.Cookie);

    /// <summary>
    /// Every seed has answered since the process began, or has been silent for longer than a control plane takes to begin anew.
    /// </summary>
    internal bool HasLookedAround
    {
        get => _hasLookedAround;
        set => _hasLookedAround = value;
    }

    /// <summary>Nodes that were met lately, in the cluster or not.</summary>
    internal Acquaintances Met { get; } = new();

    /// <summary>The highest term that any monitor is known to have had, from before all nodes stopped; 0 = unknown.</summary>
    internal long StoredTerm
    {
        get => Interlocked.Read(ref _storedTerm);
        set => Interlocked.Exchange(ref _storedTerm, value);
    }

    /// <summary>What a store outside remembers was read, or there is none, or it did not answer.</summary>
    internal bool HasStoredState
    {
        get => _hasStoredState;
        set => _hasStoredState = value;
    }

    /// <summary>How often a store outside has come (back): what it should hold is written anew then.</summary>
    internal int StoreReturns => Volatile.Read(ref _storeReturns);

    /// <summary>Called when a store outside is there (again). Any thread.</summary>
    public void StoreReturned() => Interlocked.Increment(ref _storeReturns);

    /// <summary>Of <see cref="Intents"/>.</summary>
    internal ulong AdminDigest
    {
        get => Volatile.Read(ref _adminDigest);
        set => Volatile.Write(ref _adminDigest, value);
    }

    /// <summary>What operators asked for, by backend id or <see cref="AdminIntent.OfNode"/>. Written by their actor only.</summary>
    internal ConcurrentDictionary<string, AdminIntent> Intents { get; } = new();

    /// <summary>How far this node is with drains, by backend id.</summary>
    internal ConcurrentDictionary<string, DrainProgress> Drains { get; } = new();

    /// <summary>Backends that this node alone cannot reach, with the reason, by id.</summary>
    internal ConcurrentDictionary<string, string> Unreachable { get; } = new();

    /// <summary>What the other nodes last said of themselves, by address.</summary>
    internal ConcurrentDictionary<string, PeerReport> Peers { get; } = new();

    /// <summary>Names by address, also of nodes that are gone.</summary>
    internal ConcurrentDictionary<string, string> Names { get; } = new();

    private static long NowOf(TimeProvider time) => (long)(time.GetTimestamp() * (1000.0 / time.TimestampFrequency));

    /// <summary>Host and port while the node has not been heard.</summary>
    internal string NameOf(string address) => Names.GetValueOrDefault(address, address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..]);
}
