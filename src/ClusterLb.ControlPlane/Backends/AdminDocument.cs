using ClusterLb.ControlPlane.Protocol;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>What operators asked for as a store keeps it, which is as messages write it: pure.</summary>
internal static class AdminDocument
{
    public const string Name = "admin";

    /// <summary>By backend, so that the same intents are the same bytes.</summary>
    public static byte[] Write(IEnumerable<AdminIntent> intents) => new Protocol.Wire.AdminIntents
    {
        Intents = { intents.OrderBy(intent => intent.Backend, StringComparer.Ordinal).Select(Codecs.ToWire) },
    }.ToByteArray();

    /// <summary>What cannot be read says nothing.</summary>
    public static IReadOnlyList<AdminIntent> Read(byte[] document)
    {
        try
        {
            return [.. Protocol.Wire.AdminIntents.Parser.ParseFrom(document).Intents.Select(Codecs.ToRecord)];
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }

    /// <summary>Of each backend what counts of what is kept and what is known here.</summary>
    public static byte[] Merge(byte[] kept, IReadOnlyDictionary<string, AdminIntent> known)
    {
        var all = known.ToDictionary();
        foreach (var intent in Read(kept))
        {
            if (AdminIntents.Overrules(intent, all.GetValueOrDefault(intent.Backend))) all[intent.Backend] = intent;
        }

        return Write(all.Values);
    }
}
