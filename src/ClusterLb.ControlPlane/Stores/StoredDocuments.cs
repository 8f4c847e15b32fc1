using System.Globalization;
using System.Text;
using System.Text.Json;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Stores;

/// <summary>How the cluster's few documents are written and read: pure. What cannot be read says nothing.</summary>
internal static class StoredDocuments
{
    /// <summary>What operators asked for; as messages write it.</summary>
    public const string Admin = "admin";

    /// <summary>The monitor's term, in decimal.</summary>
    public const string Term = "monitor-term";

    /// <summary>Members, weights and epoch of every pool, in JSON for people.</summary>
    public const string Ring = "ring";

    public static byte[] OfIntents(IEnumerable<AdminIntent> intents) =>
        new Protocol.Wire.AdminIntents { Intents = { intents.OrderBy(intent => intent.Backend, StringComparer.Ordinal).Select(Codecs.ToWire) } }.ToByteArray();

    public static IReadOnlyList<AdminIntent> ToIntents(byte[] content)
    {
        try
        {
            return [.. Protocol.Wire.AdminIntents.Parser.ParseFrom(content).Intents.Select(Codecs.ToRecord)];
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }

    public static byte[] OfTerm(long term) => Encoding.ASCII.GetBytes(term.ToString(CultureInfo.InvariantCulture));

    /// <summary>0 = none.</summary>
    public static long ToTerm(byte[] content) => long.TryParse(content, NumberStyles.None, CultureInfo.InvariantCulture, out var term) ? term : 0;

    public static byte[] OfRing(IEnumerable<PoolConfig> pools) => JsonSerializer.SerializeToUtf8Bytes(pools.OrderBy(pool => pool.Name, StringComparer.Ordinal).ToDictionary(
        pool => pool.Name,
        pool => new
        {
            epoch = RingEpoch.Of(pool).ToString("x16", CultureInfo.InvariantCulture),
            members = pool.Backends.ToDictionary(backend => backend.Name, backend => backend.Weight),
        }));
}
