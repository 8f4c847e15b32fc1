using System.ComponentModel;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;

namespace ClusterLb.Node.Admin;

/// <summary>A backend in the cluster.</summary>
internal sealed record BackendReport(
    [Description("Its name in the pool.")] string Name,
    [Description("Host and port, or the name that does not resolve.")] string Address,
    [Description("All put together, as the node that answers sees it: unknown, up, down, trial, ejected, draining, "
        + "drained or maintenance.")] string State,
    [Description("What operators want of it: ready, draining or maintenance; drained once every reachable node says so.")] string Admin,
    [Description("What checks say: unknown, up, goingdown, down or goingup.")] string Health,
    [Description("The evidence for state, in a few words.")] string Reason,
    [Description("How long it has been in that state, in seconds; 0 or more.")] double SinceSeconds,
    [Description("Requests and TCP connections in flight there, on all nodes.")] int InFlight,
    [Description("The same by node; those with nothing are left out.")] IReadOnlyDictionary<string, int> InFlightByNode,
    [Description("The reasons of nodes that alone cannot reach it, by node.")] IReadOnlyDictionary<string, string> UnreachableFrom,
    [Description("What each node dials, where nodes find different servers under its name; else empty.")]
    IReadOnlyDictionary<string, string> AddressByNode,
    [Description("How far its drain is; null while nobody wants it drained.")] DrainReport? Drain,
    [Description("Its weight now on the node that answers, 0 to 256: less than its full one in a slow start, 0 while "
        + "it takes no work.")] double Weight,
    [Description("An operator's weight in place of the configured one, 0 to 256; null = none.")] int? OperatorWeight,
    [Description("Requests that it has answered to the node that answers, since that one began.")] long Requests,
    [Description("Sticky sessions bound to it in the cluster, as the node that answers knows.")] int Sessions,
    [Description("Sessions that were bound to it and then elsewhere, since the node that answers began.")] long SessionsMoved,
    [Description("Sessions that were bound to it and not used in time, since the node that answers began.")] long SessionsExpired,
    [Description("Where it was found, such as dns:app.internal:8080; empty = the configuration has it.")] string Source = "",
    [Description("Only backends of the lowest tier of which one is available get work: 0, or more by an SRV record's priority.")]
    int Tier = 0)
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
        // The table of this node is the last to say so, and it is what everything else here is of.
        if (drain is { Done: true } && member.Admin != AdminState.Drained) drain = drain with { Done = false };
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
            member.OperatorWeight,
            requests,
            sessions,
            departures.Moved,
            departures.Expired,
            backend.Source,
            backend.Tier);
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
internal sealed record DrainReport(
    [Description("It is over on every reachable node.")] bool Done,
    [Description("Connections closed at the deadline, on all nodes.")] int Cut,
    [Description("Until the deadline, in seconds; 0 when it is past.")] double DeadlineSeconds,
    [Description("all = sessions are moved at once; sessions = they stay until they end.")] string Mode)
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
