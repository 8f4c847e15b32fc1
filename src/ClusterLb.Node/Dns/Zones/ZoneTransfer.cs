using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>The whole zone for a secondary (AXFR, RFC 5936): in as many messages as it takes.</summary>
internal static class ZoneTransfer
{
    /// <summary>Of one message, in bytes; the most that TCP carries is 65,535.</summary>
    private const int MessageBytes = 16_384;

    /// <param name="query">Of type AXFR or IXFR, which is answered in the same way (RFC 1995, section 4), for the zone's own name.</param>
    /// <param name="asked">The message that it was read from.</param>
    public static IReadOnlyList<byte[]> Write(Zone zone, in Query query, ReadOnlySpan<byte> asked)
    {
        var messages = new List<byte[]>();
        var buffer = new byte[MessageBytes];
        var response = new ResponseWriter(buffer, MessageBytes, query, asked, hasCookie: false);
        foreach (var (owner, type, ttl, data) in RecordsOf(zone))
        {
            if (!response.HasRoom(owner.Length + 10 + data.Length))
            {
                messages.Add(buffer[..response.Finish(ResponseCode.NoError, isAuthoritative: true, cookie: [])]);
                response = new ResponseWriter(buffer, MessageBytes, query, asked, hasCookie: false);
            }

            response.AddAnswer(owner, type, ttl, data);
        }

        messages.Add(buffer[..response.Finish(ResponseCode.NoError, isAuthoritative: true, cookie: [])]);
        return messages;
    }

    /// <summary>The SOA record is the first and the last (RFC 5936, section 2.2).</summary>
    private static IEnumerable<(byte[] Owner, RecordType Type, uint Ttl, byte[] Data)> RecordsOf(Zone zone)
    {
        // The question's name, which is the zone's.
        byte[] apex = [0xC0, Query.HeaderBytes];
        yield return (apex, RecordType.SOA, zone.Ttl, zone.Authority);
        foreach (var server in zone.NameServers) yield return (apex, RecordType.NS, zone.NameServerTtl, server);
        foreach (var (labels, records) in zone.Names.Prepend(([], zone.Apex)))
        {
            byte[] owner = [.. labels, .. apex];
            foreach (var address in records.V4) yield return (owner, RecordType.A, zone.Ttl, address);
            foreach (var address in records.V6) yield return (owner, RecordType.AAAA, zone.Ttl, address);
        }

        yield return (apex, RecordType.SOA, zone.Ttl, zone.Authority);
    }
}
