using Akka.Actor;
using Akka.Cluster;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Commands;

/// <summary>The cluster as one node sees it at one moment, for people.</summary>
/// <param name="Refusal">Why this node would refuse commands; empty when it would not.</param>
/// <param name="Nodes">This one first, the others by name.</param>
/// <param name="Intents">What operators asked for, by backend id.</param>
public sealed record ClusterView(string Refusal, IReadOnlyList<NodeView> Nodes, IReadOnlyDictionary<string, AdminIntent> Intents)
{
    /// <summary>Nodes whose configuration differs from this one's.</summary>
    public IReadOnlyList<string> Disagreeing =>
        [.. Nodes.Where(node => node.Facts is { } facts && facts.Fingerprint != Nodes[0].Facts!.Fingerprint).Select(node => node.Name)];

    /// <summary>Nodes whose hash tables send some key elsewhere.</summary>
    public IReadOnlyList<string> RingDisagreeing =>
        [.. Nodes.Where(node => node.Facts is { Ring: not 0 } facts && facts.Ring != Nodes[0].Facts!.Ring).Select(node => node.Name)];

    /// <summary>The address that each node dials, by its name, where they differ; else none.</summary>
    public IReadOnlyDictionary<string, string> AddressesOf(string backend)
    {
        var ofMonitor = Nodes.Select(node => node.Elsewhere.GetValueOrDefault(backend).OfMonitor)
            .FirstOrDefault(address => address is not null);
        var addresses = new Dictionary<string, string>();
        if (ofMonitor is null) return addresses;
        foreach (var node in Nodes.Where(node => node.Facts is not null).OrderBy(node => node.Name, StringComparer.Ordinal))
            addresses[node.Name] = node.Elsewhere.TryGetValue(backend, out var other) ? other.Own : ofMonitor;
        return addresses;
    }

    /// <summary>Seeds that are no members; none while the control plane does not run.</summary>
    public IReadOnlyList<SeedView> MissingSeeds { get; init; } = [];

    public int InFlightOf(string backend) => Nodes.Sum(node => node.InFlight.GetValueOrDefault(backend));

    internal static ClusterView Of(
        MembershipMemory members, IReadOnlyDictionary<string, AdminIntent> intents, OwnReport own, ActorSystem? system)
    {
        if (system is null || system.WhenTerminated.IsCompleted)
            return new ClusterView("the control plane is not running", [Own(own, null, null)], intents);
        var cluster = Cluster.Get(system);
        var state = cluster.State;
        var oldest = Oldest.Of(state)?.UniqueAddress;
        var others = state.Members.Where(member => member.UniqueAddress != cluster.SelfUniqueAddress)
            .Select(member => Other(members, member, state, oldest)).OrderBy(node => node.Name, StringComparer.Ordinal);
        var present = state.Members.Select(member => member.Address).Append(cluster.SelfAddress).Select(NodeAddress.Of).ToHashSet();
        return new ClusterView(Quorum.Refusal(cluster, members), [Own(own, cluster.SelfMember, oldest), .. others], intents)
        {
            MissingSeeds = members.SeedsBeside(present),
        };
    }

    private static NodeView Own(OwnReport own, Member? member, UniqueAddress? oldest) =>
        NodeView.Of(
            own.Read(), member?.Address.ToString() ?? "", StatusOf(member), true, member is not null && member.UniqueAddress == oldest);

    private static NodeView Other(MembershipMemory members, Member member, ClusterEvent.CurrentClusterState state, UniqueAddress? oldest)
    {
        var (address, reachable, isMonitor) = (member.Address.ToString(), !state.Unreachable.Contains(member),
            member.UniqueAddress == oldest);
        return members.Peers.TryGetValue(address, out var peer)
            ? NodeView.Of(peer.Report, address, StatusOf(member), reachable, isMonitor)
            : NodeView.Unheard(members.NameOf(address), address, StatusOf(member), reachable, isMonitor);
    }

    private static string StatusOf(Member? member) => member?.Status.ToString().ToLowerInvariant() ?? "alone";
}

/// <summary>One node as another sees it.</summary>
/// <param name="Name">Its address while it has not been heard.</param>
/// <param name="Address">Of its remoting; empty while there is none.</param>
/// <param name="Status"><c>up</c>, <c>joining</c>, <c>leaving</c> and so on, or <c>alone</c>.</param>
/// <param name="IsReachable">To the cluster's failure detector.</param>
/// <param name="IsMonitor">The health monitor is to run there.</param>
/// <param name="Facts">Null while it has not been heard.</param>
/// <param name="Term">Of the verdicts it goes by: grows with every monitor.</param>
/// <param name="Sequence">Of the verdicts it goes by: grows within a term.</param>
/// <param name="IsStale">It hears no monitor.</param>
/// <param name="InFlight">By backend id; those with nothing are left out.</param>
/// <param name="Unreachable">Backends that it alone cannot reach, with the reason.</param>
/// <param name="Drains">By backend id.</param>
public sealed record NodeView(
    string Name,
    string Address,
    string Status,
    bool IsReachable,
    bool IsMonitor,
    NodeFacts? Facts,
    long Term,
    long Sequence,
    bool IsStale,
    IReadOnlyDictionary<string, int> InFlight,
    IReadOnlyDictionary<string, string> Unreachable,
    IReadOnlyDictionary<string, DrainView> Drains)
{
    /// <summary>Its address, and the monitor's, of backends under whose names it finds another server; by backend id.</summary>
    public IReadOnlyDictionary<string, (string Own, string OfMonitor)> Elsewhere { get; init; } =
        new Dictionary<string, (string, string)>();

    internal static NodeView Of(NodeReport report, string address, string status, bool isReachable, bool isMonitor) => new(
        report.Node, address, status, isReachable, isMonitor, report.Facts, report.Term, report.Sequence, report.IsStale,
        report.Gauges.ToDictionary(gauge => gauge.Backend, gauge => gauge.InFlight),
        report.Unreachable.ToDictionary(one => one.Backend, one => one.Reason),
        report.Drains.ToDictionary(drain => drain.Backend, drain => new DrainView(drain.Version, drain.IsDone, drain.Cut)))
    {
        Elsewhere = report.Elsewhere.ToDictionary(one => one.Backend, one => (one.Address, one.OfMonitor)),
    };

    internal static NodeView Unheard(string name, string address, string status, bool isReachable, bool isMonitor) => new(
        name, address, status, isReachable, isMonitor, null, 0, 0, false, new Dictionary<string, int>(), new Dictionary<string, string>(),
            new Dictionary<string, DrainView>());
}

/// <param name="Version">Of the intent that asked for the drain.</param>
/// <param name="IsDone">On that node.</param>
/// <param name="Cut">Connections it closed at the deadline.</param>
public sealed record DrainView(long Version, bool IsDone, int Cut);
