using ClusterLb.ControlPlane.Events;
using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using ClusterLb.Core.Time;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>What this node knows of the others. Outlives ActorSystems. Actors write, any thread reads.</summary>
/// <param name="node">The name of this one.</param>
/// <param name="logger">Hears what is announced.</param>
public sealed class MembershipMemory(string node, Clock clock, ILogger logger)
{
    private volatile string _bootstrapState = "";
    private volatile IReadOnlyList<NodeAddress> _seeds = [];
    private volatile bool _hasLookedAround;

    /// <summary>The name of this node.</summary>
    public string Node { get; } = node;

    /// <summary>What was decided lately, with the evidence.</summary>
    public EventJournal Events { get; } = new(node, logger, clock.Provider);

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

    /// <summary>Those of <see cref="Met"/> whom it is worth talking to now.</summary>
    internal IReadOnlyList<UniqueAddress> MetLately => Met.Fresh(clock.NowMilliseconds);

    /// <summary>What the other nodes last said of themselves, by address.</summary>
    internal ConcurrentDictionary<string, PeerReport> Peers { get; } = new();

    /// <summary>When nodes that are silent now were last heard, monotonic.</summary>
    internal ConcurrentDictionary<NodeAddress, long> LastHeard { get; } = new();

    /// <summary>Monotonic.</summary>
    internal long NowMilliseconds => clock.NowMilliseconds;

    /// <summary>Names by address, also of nodes that are gone.</summary>
    internal ConcurrentDictionary<string, string> Names { get; } = new();

    /// <summary>A node has fallen silent.</summary>
    internal void Forget(string address)
    {
        if (Peers.TryRemove(address, out var peer)) LastHeard[NodeAddress.Of(Address.Parse(address))] = peer.HeardAt;
    }

    /// <summary>Seeds that are not among these nodes, by address.</summary>
    internal IReadOnlyList<SeedView> SeedsBeside(IReadOnlySet<NodeAddress> members) =>
        [.. Seeds.Where(seed => !members.Contains(seed)).Select(seed => new SeedView(NameOf(seed), seed.ToString(), SilenceOf(seed)))];

    private long? SilenceOf(NodeAddress node)
    {
        long?[] heard =
        [
            LastHeard.TryGetValue(node, out var last) ? last : null,
            Met.MetAt(node),
            Peers.Where(peer => NodeAddress.Of(Address.Parse(peer.Key)) == node).Max(peer => (long?)peer.Value.HeardAt),
        ];
        return heard.Max() is { } at ? Math.Max(0, clock.NowMilliseconds - at) : null;
    }

    private string NameOf(NodeAddress node) =>
        Names.FirstOrDefault(one => NodeAddress.Of(Address.Parse(one.Key)) == node).Value ?? "";

    /// <summary>Host and port while the node has not been heard.</summary>
    internal string NameOf(string address) =>
        Names.GetValueOrDefault(address, address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..]);
}
