using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Admin;

/// <summary>What <c>/api/v1/status</c> answers: the whole cluster as one node sees it now.</summary>
/// <param name="Node">The one that answers.</param>
/// <param name="State">How far that one is: <c>starting</c>, <c>ready</c> or <c>draining</c>.</param>
/// <param name="TableVersion">Of its routing table.</param>
/// <param name="Config">Whether all nodes have the same.</param>
/// <param name="Store">As the one that answers reaches it.</param>
/// <param name="Nodes">The one that answers first, the others by name.</param>
/// <param name="Listeners">Of the one that answers.</param>
/// <param name="Pools">States as the one that answers sees them, loads of all nodes.</param>
internal sealed record StatusReport(
    string Node,
    string State,
    double UptimeSeconds,
    long TableVersion,
    ControlPlaneReport ControlPlane,
    ConfigReport Config,
    StoreReport Store,
    IReadOnlyList<NodeStatus> Nodes,
    IReadOnlyList<ListenerReport> Listeners,
    IReadOnlyList<PoolReport> Pools);

/// <param name="Running">False while it starts, restarts or is dead: the data plane then serves from its last table.</param>
/// <param name="Restarts">Since the node started.</param>
/// <param name="Refusal">Why this node refuses commands; empty when it does not.</param>
internal sealed record ControlPlaneReport(bool Running, int Restarts, string Refusal);

/// <param name="Fingerprint">Of what all nodes must have the same.</param>
/// <param name="Agrees">Every node that was heard has the same.</param>
/// <param name="Disagreeing">Those that have not.</param>
/// <param name="Ring">The epoch of this node's hash tables: nodes with the same send every key to the same backend.</param>
/// <param name="RingDisagreeing">Nodes with another.</param>
internal sealed record ConfigReport(string Fingerprint, bool Agrees, IReadOnlyList<string> Disagreeing, string Ring,
    IReadOnlyList<string> RingDisagreeing);

/// <param name="Type">Where sessions and what operators asked for are kept for when all nodes have stopped.</param>
/// <param name="IsUp">It answers this node; always so where there is none but the cluster.</param>
/// <param name="Waiting">Bindings that wait to be written.</param>
internal sealed record StoreReport(StoreType Type, bool IsUp, int Waiting);

internal sealed record ListenerReport(string Name, string Address, string Protocol, long ActiveConnections, long AcceptedConnections);

internal sealed record PoolReport(string Name, string Balance, bool FailsOpen, IReadOnlyList<BackendReport> Backends);

/// <param name="Time">By the clock of the node that saw it.</param>
/// <param name="Node">That one.</param>
/// <param name="Subject">A backend, pool or node.</param>
/// <param name="Text">What happened, with its evidence.</param>
internal sealed record EventReport(DateTimeOffset Time, string Node, string Subject, string Text);
