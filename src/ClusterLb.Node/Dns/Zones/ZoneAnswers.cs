using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>What a zone answers to a query: pure, and without allocation.</summary>
internal static class ZoneAnswers
{
    private const ushort Internet = 1;

    /// <summary>"RFC8482" and an empty text: who asks for everything learns that it is not told (RFC 8482, section 4.2).</summary>
    private static ReadOnlySpan<byte> NoEverything => "\aRFC8482\0"u8;

    /// <param name="zone">Null = there is none.</param>
    /// <param name="query">Read from <paramref name="message"/>.</param>
    /// <param name="turn">Which of its addresses comes first; another one for every answer.</param>
    /// <param name="mostAddresses">Of one name.</param>
    /// <param name="maySeeSerial">
    /// It keeps a copy of the zone, and asks over UDP whether that is still the latest (RFC 1995, section 2).
    /// </param>
    /// <param name="response">Records are added to it.</param>
    public static Outcome Answer(Zone? zone, in Query query, ReadOnlySpan<byte> message, uint turn, int mostAddresses, bool maySeeSerial,
        ref ResponseWriter response)
    {
        if (query.EdnsVersion != 0) return Outcome.BadVersion;
        if (query.NameLength == 0) return Outcome.Answered;
        if (query.Type is >= RecordType.FirstMeta and < RecordType.IXFR or > RecordType.AXFR and < RecordType.ANY)
            return Outcome.NotImplemented;
        if (zone is null || query.Class != Internet) return Outcome.Refused;
        Span<byte> name = stackalloc byte[query.NameLength];
        DnsName.Lower(message[query.Name], name);
        var records = zone.Find(name, out var zoneAt);
        var isRefused = query.Type == RecordType.AXFR || (query.Type == RecordType.IXFR && (!maySeeSerial || zoneAt > 0));
        if (zoneAt < 0 || isRefused) return Outcome.Refused;
        if (records is null) return Deny(Outcome.NoName, zone, zoneAt, ref response);
        return AddRecords(zone, records, query.Type, isApex: zoneAt == 0, turn, mostAddresses, ref response)
            ? Outcome.Answered
            : Deny(Outcome.NoData, zone, zoneAt, ref response);
    }

    private static bool AddRecords(
        Zone zone, NameRecords records, RecordType type, bool isApex, uint turn, int mostAddresses, ref ResponseWriter response)
    {
        switch (type)
        {
            case RecordType.A:
                return AddAddresses(records.V4, type, zone.Ttl, turn, mostAddresses, ref response);
            case RecordType.AAAA:
                return AddAddresses(records.V6, type, zone.Ttl, turn, mostAddresses, ref response);
            case RecordType.SOA or RecordType.IXFR when isApex:
                response.AddAnswer(Query.HeaderBytes, RecordType.SOA, zone.Ttl, zone.Authority);
                return true;
            case RecordType.NS when isApex:
                foreach (var server in zone.NameServers)
                    response.AddAnswer(Query.HeaderBytes, RecordType.NS, zone.NameServerTtl, server);
                return zone.NameServers.Count > 0;
            case RecordType.ANY:
                response.AddAnswer(Query.HeaderBytes, RecordType.HINFO, zone.Ttl, NoEverything);
                return true;
            default:
                return false;
        }
    }

    private static bool AddAddresses(
        byte[][] addresses, RecordType type, uint ttl, uint turn, int most, ref ResponseWriter response)
    {
        var count = Math.Min(addresses.Length, most);
        for (var i = 0; i < count; i++)
            response.AddAnswer(Query.HeaderBytes, type, ttl, addresses[(int)((turn + (uint)i) % (uint)addresses.Length)]);
        return count > 0;
    }

    /// <summary>The SOA record says how long that may be kept (RFC 2308, section 3).</summary>
    private static Outcome Deny(Outcome outcome, Zone zone, int zoneAt, ref ResponseWriter response)
    {
        response.AddAuthority(Query.HeaderBytes + zoneAt, RecordType.SOA, zone.Ttl, zone.Authority);
        return outcome;
    }
}
