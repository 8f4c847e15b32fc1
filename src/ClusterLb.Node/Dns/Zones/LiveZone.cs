using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Time;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>
/// The zone of this moment. Nobody tells it of a change: it looks at what the node knows of itself and the others when it is asked and the
/// last look is old, so that an idle node does nothing for it. Any thread.
/// </summary>
/// <param name="config">In force.</param>
/// <param name="self">The name of this node.</param>
/// <param name="node">This node.</param>
/// <param name="roster">The others.</param>
internal sealed class LiveZone(Func<DnsConfig> config, string self, NodeState node, NodeRoster roster, Clock clock)
{
    /// <summary>What an answer may be behind.</summary>
    private const long LookLastsMilliseconds = 10;

    /// <summary>Of addresses, in seconds, while a node is silent that may be dead: who is told of it now is to ask again soon.</summary>
    private const uint TtlInDoubt = 1;

    private readonly Lock _looking = new();
    private volatile View? _view;

    /// <summary>Null while none is configured.</summary>
    public Zone? Current => Look().Zone;

    /// <summary>Of <see cref="Current"/>; 0 while there is none.</summary>
    public uint Serial => Look().Serial;

    private View Look()
    {
        var now = clock.NowMilliseconds;
        if (_view is { } fresh && now - fresh.At < LookLastsMilliseconds) return fresh;
        lock (_looking)
        {
            if (_view is { } other && now - other.At < LookLastsMilliseconds) return other;
            return _view = Next(_view, config(), now);
        }
    }

    private View Next(View? last, DnsConfig config, long now)
    {
        if (config.Zone.Length == 0) return new View(now, config, [], 0, false, null);
        var others = roster.Read();
        var present = others.Select(OfOther).Append(OfSelf(config)).Where(one => one.Addresses.Count > 0).ToList();
        var nodes = LastingNames.With(config, last?.Nodes ?? [], present);
        var hasChanged = last is null || last.Nodes != nodes || last.Config != config;
        var heard = others.Select(other => other.Facts.ZoneSerial).DefaultIfEmpty().Max();
        var serial = ZoneSerial.Next(last?.Serial ?? 0, heard, hasChanged, clock.UtcSeconds);
        var isInDoubt = others.Any(other => other.IsSilent && IsServing(other));
        if (!hasChanged && last!.Serial == serial && last.IsInDoubt == isInDoubt) return last with { At = now };
        var ttl = (uint)config.Ttl.TotalSeconds;
        return new View(now, config, nodes, serial, isInDoubt,
            new Zone(config, nodes, serial, isInDoubt ? Math.Min(ttl, TtlInDoubt) : ttl));
    }

    private ZoneNode OfSelf(DnsConfig config) => new(self, config.AddressesForClients(), node.Phase == NodePhase.Ready && !node.IsUnready)
    {
        IsNameServer = config.Bind is not null,
    };

    private static ZoneNode OfOther(RosterNode other) =>
        new(other.Name, other.Facts.Addresses, IsServing(other)) { IsNameServer = other.Facts.IsNameServer };

    private static bool IsServing(RosterNode other) => other is { IsPresent: true, Facts: { Phase: "ready", IsUnready: false } };

    private sealed record View(long At, DnsConfig Config, EquatableList<ZoneNode> Nodes, uint Serial, bool IsInDoubt, Zone? Zone);
}
