using System.Runtime.InteropServices;
using System.Runtime.Serialization;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>How messages about sessions cross.</summary>
internal static class SessionCodecs
{
    public static IReadOnlyList<Codec> All { get; } =
    [
        Codec.Of("ck1", Wire.CookieKeys.Parser, (CookieKeysTold m) => ToWire(m),
            w => new CookieKeysTold(w.Secrets.Select(secret => Convert.ToBase64String(secret.Span)).ToEquatableList())),
        Codec.Of("sc1", Wire.ClaimSession.Parser, (ClaimSession m) => ToWire(m),
            w => new ClaimSession(new(w.Session), w.Backend, w.ExpiresAt)),
        Codec.Of("sm1", Wire.MoveSession.Parser, (MoveSession m) => ToWire(m),
            w => new MoveSession(new(w.Session), w.Pool, w.Backend, w.Version, w.ExpiresAt, w.Force) { Wanted = w.Wanted }),
        Codec.Of("se1", Wire.EvictSession.Parser,
            (EvictSession m) => new Wire.EvictSession { Session = m.Session.Value, Known = ToWire(m.Known) },
            w => new EvictSession(new(w.Session), ToRecord(w.Known))),
        Codec.Of("sf1", Wire.OneSession.Parser, (FindSession m) => new Wire.OneSession { Session = m.Session.Value },
            w => new FindSession(new(w.Session))),
        Codec.Of("sb1", Wire.SessionBound.Parser, (SessionBound m) => new Wire.SessionBound { Binding = ToWire(m.Binding) },
            w => new SessionBound(ToRecord(w.Binding))),
        Codec.Of("bb1", Wire.BindingBatch.Parser,
            (BindingBatch m) => new Wire.BindingBatch { Number = m.Number, Bindings = ToWire(m.Bindings) },
            w => new BindingBatch(w.Number, ToRecord(w.Bindings))),
        Codec.Of("bt1", Wire.BindingBatchTaken.Parser, (BindingBatchTaken m) => new Wire.BindingBatchTaken { Number = m.Number },
            w => new BindingBatchTaken(w.Number)),
        Codec.Of("bq1", Wire.PullBindings.Parser, (PullBindings m) => new Wire.PullBindings { Part = m.Part },
            w => new PullBindings(w.Part)),
        Codec.Of("bp1", Wire.BindingPart.Parser, (BindingPart m) => ToWire(m),
            w => new BindingPart(w.Part, w.Parts, w.Last, ToRecord(w.Bindings))),
    ];

    private static Wire.CookieKeys ToWire(CookieKeysTold m) =>
        new() { Secrets = { m.Secrets.Select(secret => ByteString.CopyFrom(Convert.FromBase64String(secret))) } };

    private static Wire.ClaimSession ToWire(ClaimSession m) =>
        new() { Session = m.Session.Value, Backend = m.Backend, ExpiresAt = m.ExpiresAt };

    private static Wire.MoveSession ToWire(MoveSession m) =>
        new()
        {
            Session = m.Session.Value,
            Pool = m.Pool,
            Backend = m.Backend,
            Version = m.Version,
            ExpiresAt = m.ExpiresAt,
            Force = m.IsForced,
            Wanted = m.Wanted
        };

    private static Wire.Binding? ToWire(Binding? binding) => binding is { } known
        ? new() { Session = known.Session.Value, Backend = known.Backend, Version = known.Version, ExpiresAt = known.ExpiresAt }
        : null;

    private static Binding? ToRecord(Wire.Binding? w) =>
        w is null ? null : new Binding(new SessionKey(w.Session), w.Backend, w.Version, w.ExpiresAt);

    private static Wire.BindingPart ToWire(BindingPart m) =>
        new() { Part = m.Part, Parts = m.Parts, Last = m.IsLast, Bindings = ToWire(m.Bindings) };

    private static Wire.Bindings ToWire(EquatableList<Binding> bindings)
    {
        var count = bindings.Count;
        var wire = new Wire.Bindings
        {
            Session = { Capacity = count },
            Backend = { Capacity = count },
            Version = { Capacity = count },
            ExpiresAt = { Capacity = count }
        };
        foreach (ref readonly var binding in bindings.AsSpan())
        {
            wire.Session.Add(binding.Session.Value);
            wire.Backend.Add(binding.Backend);
            wire.Version.Add(binding.Version);
            wire.ExpiresAt.Add(binding.ExpiresAt);
        }

        return wire;
    }

    private static EquatableList<Binding> ToRecord(Wire.Bindings? w)
    {
        if (w is null) return [];
        var bindings = new Binding[w.Session.Count];
        if (w.Backend.Count != bindings.Length || w.Version.Count != bindings.Length || w.ExpiresAt.Count != bindings.Length)
            throw new SerializationException("bindings whose columns differ in length");
        for (var i = 0; i < bindings.Length; i++)
            bindings[i] = new Binding(new SessionKey(w.Session[i]), w.Backend[i], w.Version[i], w.ExpiresAt[i]);
        return new EquatableList<Binding>(ImmutableCollectionsMarshal.AsImmutableArray(bindings));
    }
}
