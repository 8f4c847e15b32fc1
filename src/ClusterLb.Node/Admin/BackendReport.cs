using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;

namespace ClusterLb.Node.Admin;

/// <summary>A backend in the cluster.</summary>
/// <param name="State">All put together, as the node that answers sees it.</param>
/// <param name="Admin">What operators want of it; <c>drained</c> once every reachable node says so.</param>
/// <param name="Reason">The evidence for <paramref name="State"/>.</param>
/// <param name="SinceSeconds">How long it has been in that state.</param>
/// <param name="InFlight">On all nodes.</param>
/// <param name="InFlightByNode">Those with nothing left out.</param>
/// <param name="UnreachableFrom">The reasons of nodes that alone cannot reach it.</param>
/// <param name="AddressByNode">What each node dials, where nodes find different servers under its name; else nothing.</param>
/// <param name="Drain">Null while nobody wants it drained.</param>
/// <param name="Weight">Now, on the node that answers.</param>
/// <param name="Requests">That it answered to the node that answers.</param>
/// <param name="Sessions">Bound to it in the cluster, as the node that answers knows.</param>
/// <param name="SessionsMoved">That were bound to it and then elsewhere, since the node that answers began.</param>
/// <param name="SessionsExpired">That were bound to it and not used in time, since the node that answers began.</param>
internal sealed record BackendReport(
    string Name,
    string Address,
    string State,
    string Admin,
    string Health,
    string Reason,
    double SinceSeconds,
    int InFlight,
    IReadOnlyDictionary<string, int> InFlightByNode,
    IReadOnlyDictionary<string, string> UnreachableFrom,
    IReadOnlyDictionary<string, string> AddressByNode,
    DrainReport? Drain,
    double Weight,
    long Requests,
    int Sessions,
    long SessionsMoved,
    long SessionsExpired)
{
    /// <param name="cluster">All nodes.</param>
    /// <param name="requests">Answered to this node.</param>
    /// <param name="sessions">Bound to it.</param>
    /// <param name="departures">Bound to it no longer.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <param name="utcNow">The same moment.</param>
    public static BackendReport Of(MemberSnapshot member, ClusterView cluster, long requests, int sessions,
        (long Moved, long Expired) departures,
        long nowMilliseconds, DateTimeOffset utcNow)
    {
        var backend = member.Backend;
        var drain = DrainReport.Of(backend.Id, cluster, utcNow);
        return new BackendReport(
            backend.Name,
            backend.NameProblem.Length > 0 ? backend.Address : backend.EndPoint.ToString(),
            // This node may be done before the others are.
            Word(drain is { Done: false } && member.Effective == EffectiveState.Drained ? EffectiveState.Draining : member.Effective),
            Word(drain is { Done: true }
                ? AdminState.Drained
                : cluster.Intents.TryGetValue(backend.Id, out var intent) ? intent.State : member.Admin),
            Word(member.Active),
            member.Reason,
            Math.Round((nowMilliseconds - member.SinceMilliseconds) / 1000.0, 1),
            cluster.InFlightOf(backend.Id),
            ByNode(cluster, node => node.InFlight.GetValueOrDefault(backend.Id), inFlight => inFlight > 0),
            ByNode(cluster, node => node.Unreachable.GetValueOrDefault(backend.Id, ""), reason => reason.Length > 0),
            cluster.AddressesOf(backend.Id),
            drain,
            member.Weight / 100.0,
            requests,
            sessions,
            departures.Moved,
            departures.Expired);
    }

    private static Dictionary<string, T> ByNode<T>(ClusterView cluster, Func<NodeView, T> figure, Func<T, bool> counts)
    {
        var byNode = new Dictionary<string, T>();
        foreach (var node in cluster.Nodes)
        {
            // Two nodes of one name are somebody's mistake, but no reason to answer nothing.
            if (figure(node) is var value && counts(value))
                byNode[byNode.ContainsKey(node.Name) ? $"{node.Name} at {node.Address}" : node.Name] = value;
        }

        return byNode;
    }

    private static string Word<T>(T state) where T : struct, Enum => state.ToString().ToLowerInvariant();
}

/// <summary>How far the cluster is with a drain.</summary>
/// <param name="Done">On every reachable node.</param>
/// <param name="Cut">Connections closed at the deadline, on all nodes.</param>
/// <param name="DeadlineSeconds">Until then; 0 when it is past.</param>
/// <param name="Mode"><c>all</c> = sessions are moved at once; <c>sessions</c> = they stay until they end.</param>
internal sealed record DrainReport(bool Done, int Cut, double DeadlineSeconds, string Mode)
{
    public static DrainReport? Of(string backend, ClusterView cluster, DateTimeOffset utcNow)
    {
        if (!cluster.Intents.TryGetValue(backend, out var intent) || intent.State != AdminState.Draining) return null;
        var parts = cluster.Nodes.Select(node => PartOf(node, backend, intent.Version)).ToList();
        var done = cluster.Nodes.Zip(parts).All(one => one.Second?.IsDone ?? !MustDrain(one.First, backend, cluster));
        var left = (intent.DeadlineUtcMilliseconds - utcNow.ToUnixTimeMilliseconds()) / 1000.0;
        return new DrainReport(
            done, parts.Sum(part => part?.Cut ?? 0), Math.Round(Math.Max(0, left), 1), intent.MovesSessions ? "all" : "sessions");
    }

    /// <summary>What a node says of an older wish is no answer to this one.</summary>
    private static DrainView? PartOf(NodeView node, string backend, long version) =>
        node.Drains.GetValueOrDefault(backend) is { } part && part.Version >= version ? part : null;

    /// <summary>
    /// Of a node that says nothing of the drain: one that is gone has nothing left, and one with another configuration may not have the
    /// backend.
    /// </summary>
    private static bool MustDrain(NodeView node, string backend, ClusterView cluster) =>
        node.IsReachable && (!cluster.Disagreeing.Contains(node.Name) || node.InFlight.ContainsKey(backend));
}
