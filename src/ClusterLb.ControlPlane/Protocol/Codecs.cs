using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>Every message that crosses nodes, a line each.</summary>
internal static class Codecs
{
    private static readonly Wire.Empty s_empty = new();

    public static IReadOnlyList<Codec> All { get; } =
    [
        Codec.Of("kn1", Wire.Knock.Parser, (Knock m) => new Wire.Knock { Uid = m.Uid }, w => new Knock(w.Uid)),
        Codec.Of("kd1", Wire.Knocked.Parser, (Knocked m) => new Wire.Knocked { InCluster = m.InCluster, Uid = m.Uid },
            w => new Knocked(w.InCluster, w.Uid)),
        Codec.Of("vr1", Wire.VoteRequest.Parser, (VoteRequest m) => new Wire.VoteRequest { Ballot = m.Ballot },
            w => new VoteRequest(w.Ballot)),
        Codec.Of("vo1", Wire.Vote.Parser, (Vote m) => new Wire.Vote { Ballot = m.Ballot, Granted = m.IsGranted },
            w => new Vote(w.Ballot, w.Granted)),
        Codec.Of("hs1", Wire.HealthSnapshotPart.Parser, (HealthSnapshotPart m) => ToWire(m), ToRecord),
        Codec.Of("hd1", Wire.HealthDigest.Parser, (HealthDigest m) => new Wire.HealthDigest { Term = m.Term, Sequence = m.Sequence },
            w => new HealthDigest(w.Term, w.Sequence)),
        Codec.Of("ps1", Wire.Empty.Parser, (PullSnapshot _) => s_empty, _ => new PullSnapshot()),
        Codec.Of("pq1", Wire.ProbeRequest.Parser, (ProbeRequest m) => new Wire.ProbeRequest { Backend = m.Backend, Address = m.Address },
            w => new ProbeRequest(w.Backend) { Address = w.Address }),
        Codec.Of("pr1", Wire.ProbeReport.Parser, (ProbeReport m) => ToWire(m), ToRecord),
        Codec.Of("fr1", Wire.FailureReport.Parser, (FailureReport m) => new Wire.FailureReport { Backends = { m.Backends } },
            w => new FailureReport(w.Backends.ToEquatableList())),
        Codec.Of("nr1", Wire.NodeReport.Parser, (NodeReport m) => ToWire(m), ToRecord),
        Codec.Of("nc1", Wire.NodeCommand.Parser, (NodeCommand m) => new Wire.NodeCommand { Drain = m.IsDrain },
            w => new NodeCommand(w.Drain)),
        Codec.Of("nd1", Wire.NodeCommandDone.Parser, (NodeCommandDone m) => new Wire.NodeCommandDone { Phase = m.Phase },
            w => new NodeCommandDone(w.Phase)),
        Codec.Of("eq1", Wire.Empty.Parser, (EventsRequest _) => s_empty, _ => new EventsRequest()),
        Codec.Of("er1", Wire.EventsReport.Parser, (EventsReport m) => new Wire.EventsReport { Events = { m.Events.Select(ToWire) } },
            w => new EventsReport(w.Events.Select(ToRecord).ToEquatableList())),
        Codec.Of("ai1", Wire.AdminIntent.Parser, (AdminIntent m) => ToWire(m), ToRecord),
        Codec.Of("as1", Wire.AdminIntents.Parser, (AdminStateTold m) => new Wire.AdminIntents { Intents = { m.Intents.Select(ToWire) } },
            w => new AdminStateTold(w.Intents.Select(ToRecord).ToEquatableList())),
        .. SessionCodecs.All,
        .. DiscoveryCodecs.All,
        .. ReloadCodecs.All,
    ];

    private static Wire.HealthSnapshotPart ToWire(HealthSnapshotPart m) => new()
    {
        Term = m.Term,
        Sequence = m.Sequence,
        Part = m.Part,
        Parts = m.Parts,
        Entries = { m.Entries.Select(ToWire) },
    };

    private static Wire.VerdictEntry ToWire(VerdictEntry e)
    {
        var wire = new Wire.VerdictEntry
        {
            Backend = e.Backend,
            Health = (Wire.Health)e.Health,
            Count = e.Count,
            CheckedForMs = e.CheckedFor,
            Reason = e.Reason,
            Address = e.Address,
        };
        if (e.BackFor is { } backFor) wire.BackForMs = backFor;
        return wire;
    }

    private static HealthSnapshotPart ToRecord(Wire.HealthSnapshotPart w) => new(
        w.Term, w.Sequence, w.Part, w.Parts,
        w.Entries.Select(ToRecord).ToEquatableList());

    private static VerdictEntry ToRecord(Wire.VerdictEntry w) =>
        new(w.Backend, HealthOf(w.Health), w.Count, w.CheckedForMs, w.HasBackForMs ? w.BackForMs : null, w.Reason) { Address = w.Address };

    /// <summary>What a newer node may call something else is not known here.</summary>
    private static ActiveHealth HealthOf(Wire.Health health) => health <= Wire.Health.GoingUp ? (ActiveHealth)health : ActiveHealth.Unknown;

    private static Wire.ProbeReport ToWire(ProbeReport m) =>
        new()
        {
            Backend = m.Backend,
            Node = m.Node,
            Learnt = m.Result is not null,
            Passed = m.Result?.Passed ?? false,
            Reason = m.Result?.Reason ?? ""
        };

    private static ProbeReport ToRecord(Wire.ProbeReport w) =>
        new(w.Backend, w.Node, w.Learnt ? new CheckResult(w.Passed, w.Reason) : null);

    private static Wire.NodeReport ToWire(NodeReport m)
    {
        var wire = WithoutDigests(m);
        if (m.AdminDigest is { } admin) wire.AdminDigest = admin;
        if (m.KeysDigest is { } keys) wire.KeysDigest = keys;
        if (m.ModesDigest is { } modes) wire.ModesDigest = modes;
        return wire;
    }

    private static Wire.NodeReport WithoutDigests(NodeReport m) => new()
    {
        Node = m.Node,
        Facts = new Wire.NodeFacts
        {
            Phase = m.Facts.Phase,
            Fingerprint = m.Facts.Fingerprint,
            EventLoops = m.Facts.EventLoops,
            ActiveConnections = m.Facts.ActiveConnections,
            RequestsPerSecond = m.Facts.RequestsPerSecond,
            UptimeMs = m.Facts.UptimeMilliseconds,
            Ring = m.Facts.Ring,
            Version = m.Facts.Version,
            Addresses = { m.Facts.Addresses.Select(address => ByteString.CopyFrom(address.GetAddressBytes())) },
            Unready = m.Facts.IsUnready,
            ZoneSerial = m.Facts.ZoneSerial,
            NameServer = m.Facts.IsNameServer,
            Epoch = ReloadCodecs.ToWire(m.Facts.Epoch),
        },
        Term = m.Term,
        Sequence = m.Sequence,
        Stale = m.IsStale,
        Gauges = { m.Gauges.Select(gauge => new Wire.Gauge { Backend = gauge.Backend, InFlight = gauge.InFlight }) },
        Unreachable = { m.Unreachable.Select(one => new Wire.Exclusion { Backend = one.Backend, Reason = one.Reason }) },
        Drains = { m.Drains.Select(drain => new Wire.DrainProgress { Backend = drain.Backend, Version = drain.Version, Done = drain.IsDone,
            Cut = drain.Cut }) },
        Elsewhere = { m.Elsewhere.Select(one => new Wire.Whereabouts { Backend = one.Backend, Address = one.Address,
            OfMonitor = one.OfMonitor }) },
    };

    private static NodeReport ToRecord(Wire.NodeReport w)
    {
        var facts = w.Facts ?? new Wire.NodeFacts();
        return new NodeReport(
            w.Node,
            new NodeFacts(facts.Phase, facts.Fingerprint, facts.EventLoops, facts.ActiveConnections, facts.RequestsPerSecond,
                facts.UptimeMs, facts.Ring)
            {
                Version = facts.Version,
                Addresses = facts.Addresses.Where(address => address.Length is 4 or 16)
                    .Select(address => new IPAddress(address.Span)).ToEquatableList(),
                IsUnready = facts.Unready,
                ZoneSerial = facts.ZoneSerial,
                IsNameServer = facts.NameServer,
                Epoch = ReloadCodecs.ToRecord(facts.Epoch),
            },
            w.Term,
            w.Sequence,
            w.Stale,
            w.Gauges.Select(gauge => new Gauge(gauge.Backend, gauge.InFlight)).ToEquatableList(),
            w.Unreachable.Select(one => new Exclusion(one.Backend, one.Reason)).ToEquatableList(),
            w.Drains.Select(drain => new DrainProgress(drain.Backend, drain.Version, drain.Done, drain.Cut)).ToEquatableList())
        {
            AdminDigest = w.HasAdminDigest ? w.AdminDigest : null,
            KeysDigest = w.HasKeysDigest ? w.KeysDigest : null,
            ModesDigest = w.HasModesDigest ? w.ModesDigest : null,
            Elsewhere = w.Elsewhere.Select(one => new Whereabouts(one.Backend, one.Address, one.OfMonitor)).ToEquatableList(),
        };
    }

    private static Wire.ClusterEvent ToWire(ClusterEventEntry e) =>
        new() { UtcMs = e.UtcMilliseconds, Node = e.Node, Subject = e.Subject, Text = e.Text };

    private static ClusterEventEntry ToRecord(Wire.ClusterEvent w) => new(w.UtcMs, w.Node, w.Subject, w.Text);

    internal static Wire.AdminIntent ToWire(AdminIntent m)
    {
        var wire = new Wire.AdminIntent
        {
            Backend = m.Backend,
            State = m.State switch
            {
                AdminState.Draining => Wire.Admin.Draining,
                AdminState.Maintenance => Wire.Admin.Maintenance,
                _ => Wire.Admin.Ready
            },
            DeadlineUtcMs = m.DeadlineUtcMilliseconds,
            SinceUtcMs = m.SinceUtcMilliseconds,
            Version = m.Version,
            Node = m.Node,
            MoveSessions = m.MovesSessions,
        };
        if (m.Weight is { } weight) wire.Weight = weight;
        return wire;
    }

    internal static AdminIntent ToRecord(Wire.AdminIntent w) => new(
        w.Backend,
        w.State switch
        {
            Wire.Admin.Draining => AdminState.Draining,
            Wire.Admin.Maintenance => AdminState.Maintenance,
            _ => AdminState.Ready
        },
        w.HasWeight ? w.Weight : null,
        w.DeadlineUtcMs,
        w.SinceUtcMs,
        w.Version,
        w.Node)
    {
        MovesSessions = w.MoveSessions,
    };
}
