using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>What this node knows of sessions. Outlives ActorSystems. Any thread.</summary>
public sealed class SessionMemory
{
    private readonly bool _sharesKeys;
    private volatile bool _isKnown;
    private volatile EvacuationProgress? _evacuation;

    public SessionMemory(SessionsConfig config, Clock clock)
    {
        _sharesKeys = config.Keys.Count == 0;
        Bindings = new BindingTable(config.Capacity);
        Bound = new BoundCounts(Bindings, clock.Provider);
    }

    /// <summary>Where sessions are.</summary>
    public BindingTable Bindings { get; }

    /// <summary>How many of them each backend has.</summary>
    public BoundCounts Bound { get; }

    /// <summary>The keys of our cookie.</summary>
    public CookieKeysHolder CookieKeys { get; } = new();

    /// <summary>What was asked and told of sessions here.</summary>
    public SessionCounts Counts => Tally.Read(Notes, Bindings);

    /// <summary>The bindings of all who can be reached are in the table.</summary>
    internal bool IsKnown
    {
        get => _isKnown;
        set => _isKnown = value;
    }

    /// <summary>What event loops have to say of sessions.</summary>
    internal BindingNotes Notes { get; } = new();

    internal SessionTally Tally { get; } = new();

    /// <summary>The last one that was begun on this node; null = none.</summary>
    internal EvacuationProgress? Evacuation
    {
        get => _evacuation;
        set => _evacuation = value;
    }

    /// <summary>Of the keys that nodes share; null = the operator gave keys, on which there is nothing to agree.</summary>
    internal ulong? KeysDigest => _sharesKeys ? CookieKeys.Current.Digest : null;
}
