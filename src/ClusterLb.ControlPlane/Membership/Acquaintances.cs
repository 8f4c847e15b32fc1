using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// Nodes that knocked here or answered a knock lately, in whatever cluster they are or in none: what they know counts before a cluster is
/// formed with them. Who is a member does not knock, so it is only here until both know it. Any thread.
/// </summary>
internal sealed class Acquaintances
{
    /// <summary>
    /// Many rounds of knocking, which a busy machine may be late with: who is forgotten too soon is not waited for at a start.
    /// </summary>
    public const long FreshMilliseconds = 5_000;

    private readonly ConcurrentDictionary<Address, Meeting> _byAddress = new();

    /// <param name="uid">Of its ActorSystem; 0 = it does not say, as nodes of before did, and is not met.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public void Meet(Address address, int uid, long now)
    {
        if (uid != 0) _byAddress[address] = new Meeting(new UniqueAddress(address, uid), now);
    }

    /// <summary>Monotonic milliseconds; null = never.</summary>
    public long? MetAt(NodeAddress node) =>
        _byAddress.Where(one => NodeAddress.Of(one.Key) == node).Max(one => (long?)one.Value.At);

    /// <summary>Whom it is worth talking to.</summary>
    public IReadOnlyList<UniqueAddress> Fresh(long now) =>
        [.. _byAddress.Values.Where(meeting => now - meeting.At <= FreshMilliseconds).Select(meeting => meeting.Node)
            .OrderBy(node => node.ToString(), StringComparer.Ordinal)];

    private sealed record Meeting(UniqueAddress Node, long At);
}
