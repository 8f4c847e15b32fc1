using System.ComponentModel;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Admin;

/// <summary>What <c>/api/v1/status</c> answers: the whole cluster as one node sees it now.</summary>
internal sealed record StatusReport(
    [Description("The one that answers.")] string Node,
    [Description("How far that one is: starting, ready or draining.")] string State,
    [Description("Since the process of that one began, in seconds.")] double UptimeSeconds,
    [Description("Of its routing table; grows with every change of the configuration.")] long TableVersion,
    [Description("The part of it that agrees with other nodes.")] ControlPlaneReport ControlPlane,
    [Description("Whether all nodes have the same configuration.")] ConfigReport Config,
    [Description("As the one that answers reaches it.")] StoreReport Store,
    [Description("The one that answers first, the others by name.")] IReadOnlyList<NodeStatus> Nodes,
    [Description("Configured seeds that are no members now, by address.")] IReadOnlyList<SeedReport> MissingSeeds,
    [Description("Of the one that answers.")] IReadOnlyList<ListenerReport> Listeners,
    [Description("States as the one that answers sees them, loads of all nodes.")] IReadOnlyList<PoolReport> Pools);

internal sealed record ControlPlaneReport(
    [Description("False while it starts, restarts or is dead: the data plane then serves from its last table.")] bool Running,
    [Description("Since the node began.")] int Restarts,
    [Description("Why this node refuses commands; empty when it does not.")] string Refusal);

internal sealed record ConfigReport(
    [Description("Of what all nodes must have the same: 12 hexadecimal digits.")] string Fingerprint,
    [Description("Every node that was heard has the same.")] bool Agrees,
    [Description("The names of those that have not.")] IReadOnlyList<string> Disagreeing,
    [Description("The epoch of this node's hash tables, 16 hexadecimal digits: nodes with the same send every key to the "
        + "same backend.")] string Ring,
    [Description("The names of nodes with another.")] IReadOnlyList<string> RingDisagreeing,
    [Description("Since when it is in force on the one that answers: its last reload that changed something, or its start.")]
    DateTimeOffset Since);

internal sealed record StoreReport(
    [Description("Where sessions and what operators asked for are kept for when all nodes have stopped: embedded or "
        + "redis.")] StoreType Type,
    [Description("It answers this node; always so where there is none but the cluster.")] bool IsUp,
    [Description("Bindings that wait to be written.")] int Waiting);

internal sealed record ListenerReport(
    [Description("Of the listener.")] string Name,
    [Description("Address and port that it is bound to.")] string Address,
    [Description("http or tcp.")] string Protocol,
    [Description("Client connections open now.")] long ActiveConnections,
    [Description("Since the node began.")] long AcceptedConnections);

internal sealed record PoolReport(
    [Description("Of the pool.")] string Name,
    [Description("Its policy, such as p2c.")] string Balance,
    [Description("Health is overruled, because too few backends are well.")] bool FailsOpen,
    [Description("Those of the configuration in its order, then those that were found, by name.")] IReadOnlyList<BackendReport> Backends,
    [Description("Where backends of the pool are found, in the order of the configuration.")] IReadOnlyList<SourceReport> Sources);

internal sealed record EventReport(
    [Description("By the clock of the node that saw it.")] DateTimeOffset Time,
    [Description("The one that saw it.")] string Node,
    [Description("A backend, pool or node.")] string Subject,
    [Description("What happened, with its evidence.")] string Text);
