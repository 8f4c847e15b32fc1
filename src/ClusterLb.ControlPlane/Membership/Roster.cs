using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Another node, for whoever sends clients to nodes.</summary>
/// <param name="Name">Its <c>node.name</c>.</param>
/// <param name="Facts">The last that it said of itself.</param>
/// <param name="IsPresent">
/// Up, and the failure detector reaches it. While this node is in no cluster: it was heard within the last 2 s.
/// </param>
/// <param name="IsSilent">It missed five rounds: it may be dead, although nobody has said so yet.</param>
public sealed record RosterNode(string Name, NodeFacts Facts, bool IsPresent, bool IsSilent);

/// <summary>Who is in the cluster at one moment.</summary>
/// <param name="IsMember">This node is.</param>
/// <param name="Others">By address: up, and reached by the failure detector; false = it is neither.</param>
internal sealed record Attendance(bool IsMember, IReadOnlyDictionary<string, bool> Others)
{
    public static readonly Attendance None = new(false, new Dictionary<string, bool>());
}

/// <summary>
/// Puts together who is there and what each last said: pure. What a member said is remembered until it is a member no more, so that a
/// report that is late changes nothing; the failure detector says who is gone.
/// </summary>
/// <param name="Known">By address.</param>
internal sealed record Roster(IReadOnlyDictionary<string, PeerReport> Known)
{
    /// <summary>Five rounds of reports.</summary>
    private const long SilenceMilliseconds = 1_000;

    public static readonly Roster Empty = new(new Dictionary<string, PeerReport>());

    /// <param name="attendance">Of now.</param>
    /// <param name="heard">By address: those that were heard within the last 2 s.</param>
    public Roster With(Attendance attendance, IReadOnlyDictionary<string, PeerReport> heard)
    {
        var known = new Dictionary<string, PeerReport>(heard);
        foreach (var (address, report) in Known)
        {
            if (attendance.Others.ContainsKey(address)) known.TryAdd(address, report);
        }

        return new Roster(known);
    }

    /// <param name="attendance">Of now.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public IReadOnlyList<RosterNode> Read(Attendance attendance, long now) =>
    [
        .. Known.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new RosterNode(one.Value.Report.Node, one.Value.Report.Facts,
            attendance.Others.TryGetValue(one.Key, out var isReached) ? isReached : !attendance.IsMember,
            now - one.Value.HeardAt > SilenceMilliseconds)),
    ];
}
