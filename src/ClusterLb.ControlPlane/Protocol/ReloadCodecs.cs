using System.IO.Compression;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>Of a reload of the cluster.</summary>
internal static class ReloadCodecs
{
    /// <summary>
    /// Half of a frame. What is more is left out, and the reader says which configuration it is, and not where it differs.
    /// </summary>
    private const int MostKeyBytes = 512 << 10;

    /// <summary>Of what was read: a node may have more keys than this one.</summary>
    private const int MostPlainBytes = 64 << 20;

    public static IReadOnlyList<Codec> All { get; } =
    [
        Codec.Of("rp1", Wire.PrepareReload.Parser, (PrepareReload m) => new Wire.PrepareReload
        {
            Id = m.Id,
            Coordinator = m.Coordinator,
            DryRun = m.IsDryRun,
            Expected = m.Expected,
        }, w => new PrepareReload(w.Id, w.Coordinator, w.DryRun, w.Expected)),
        Codec.Of("ro1", Wire.ReloadOffered.Parser, (ReloadOffered m) => ToWire(m), ToRecord),
        Codec.Of("rs1", Wire.SwitchReload.Parser, (SwitchReload m) => new Wire.SwitchReload { Id = m.Id, Epoch = ToWire(m.Epoch) },
            w => new SwitchReload(w.Id, ToRecord(w.Epoch) ?? ReloadEpoch.None)),
        Codec.Of("ra1", Wire.AbandonReload.Parser, (AbandonReload m) => new Wire.AbandonReload { Id = m.Id },
            w => new AbandonReload(w.Id)),
        Codec.Of("rd1", Wire.ReloadSwitched.Parser, (ReloadSwitched m) => new Wire.ReloadSwitched
        {
            Id = m.Id,
            Node = m.Node,
            Refusal = m.Refusal,
        }, w => new ReloadSwitched(w.Id, w.Node, w.Refusal)),
    ];

    public static Wire.ReloadEpoch? ToWire(ReloadEpoch? epoch) =>
        epoch is null ? null : new Wire.ReloadEpoch { Number = epoch.Number, Fingerprint = epoch.Fingerprint };

    public static ReloadEpoch? ToRecord(Wire.ReloadEpoch? epoch) =>
        epoch is null ? null : new ReloadEpoch(epoch.Number, epoch.Fingerprint);

    private static Wire.ReloadOffered ToWire(ReloadOffered m) => new()
    {
        Id = m.Id,
        Node = m.Node,
        Fingerprint = m.Offer.Fingerprint,
        Changes = { m.Offer.Changes },
        Warnings = { m.Offer.Warnings },
        Problems = { m.Offer.Problems },
        Epoch = m.Offer.Epoch,
        Keys = Pack(m.Offer.Keys),
    };

    private static ReloadOffered ToRecord(Wire.ReloadOffered w) => new(w.Id, w.Node, new ReloadOffer(
        w.Fingerprint, w.Changes.ToEquatableList(), w.Warnings.ToEquatableList(), w.Problems.ToEquatableList())
    {
        Epoch = w.Epoch,
        Keys = Unpack(w.Keys),
    });

    private static ByteString Pack(EquatableList<SharedKey> keys)
    {
        if (keys.Count == 0) return ByteString.Empty;
        var plain = new Wire.SharedKeys { Key = { keys.Select(key => key.Key) }, Value = { keys.Select(key => key.Value) } };
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)) plain.WriteTo(deflate);
        return packed.Length > MostKeyBytes ? ByteString.Empty : ByteString.CopyFrom(packed.GetBuffer(), 0, (int)packed.Length);
    }

    /// <exception cref="InvalidProtocolBufferException">They are none.</exception>
    private static EquatableList<SharedKey> Unpack(ByteString packed)
    {
        if (packed.IsEmpty) return [];
        using var deflate = new DeflateStream(new MemoryStream(packed.ToByteArray()), CompressionMode.Decompress);
        try
        {
            var plain = Wire.SharedKeys.Parser.ParseFrom(CodedInputStream.CreateWithLimits(deflate, MostPlainBytes, recursionLimit: 4));
            return plain.Key.Zip(plain.Value, (key, value) => new SharedKey(key, value)).ToEquatableList();
        }
        catch (InvalidDataException)
        {
            // Which keys differ is a courtesy: that they do is in the fingerprint.
            return [];
        }
    }
}
