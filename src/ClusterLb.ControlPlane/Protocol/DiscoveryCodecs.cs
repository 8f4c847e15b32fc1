using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>Messages about backends that are found by name, a line each.</summary>
internal static class DiscoveryCodecs
{
    private static readonly Wire.Empty s_empty = new();

    public static IReadOnlyList<Codec> All { get; } =
    [
        Codec.Of("fs1", Wire.FoundPart.Parser, (FoundPart m) => ToWire(m), ToRecord),
        Codec.Of("fd1", Wire.FoundDigest.Parser, (FoundDigest m) => new Wire.FoundDigest { Term = m.Term, Sequence = m.Sequence },
            w => new FoundDigest(w.Term, w.Sequence)),
        Codec.Of("fp1", Wire.Empty.Parser, (PullFound _) => s_empty, _ => new PullFound()),
    ];

    private static Wire.FoundPart ToWire(FoundPart m) => new()
    {
        Term = m.Term,
        Sequence = m.Sequence,
        Part = m.Part,
        Parts = m.Parts,
        Entries =
        {
            m.Entries.Select(entry => new Wire.FoundEntry
            {
                Pool = entry.Pool,
                Source = entry.Source,
                Backends = { entry.Backends.Select(ToWire) },
            }),
        },
    };

    private static FoundPart ToRecord(Wire.FoundPart w) => new(
        w.Term, w.Sequence, w.Part, w.Parts,
        w.Entries.Select(entry => new FoundEntry(entry.Pool, entry.Source, entry.Backends.Select(ToRecord).ToEquatableList()))
            .ToEquatableList());

    private static Wire.FoundBackend ToWire(FoundBackend m)
    {
        var wire = new Wire.FoundBackend
        {
            Target = m.Target,
            Port = m.Port,
            Priority = m.Priority,
            Addresses = { m.Addresses.Select(address => ByteString.CopyFrom(address.GetAddressBytes())) },
        };
        if (m.Weight is { } weight) wire.Weight = weight;
        if (m.MaxInFlight is { } most) wire.MaxInFlight = most;
        return wire;
    }

    private static FoundBackend ToRecord(Wire.FoundBackend w) => new(
        w.Target, w.Port,
        w.Addresses.Where(address => address.Length is 4 or 16).Select(address => new IPAddress(address.Span)).ToEquatableList())
    {
        Priority = w.Priority,
        Weight = w.HasWeight ? w.Weight : null,
        MaxInFlight = w.HasMaxInFlight ? w.MaxInFlight : null,
    };
}
