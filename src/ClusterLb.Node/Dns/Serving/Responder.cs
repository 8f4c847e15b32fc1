using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Time;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Dns.Zones;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>Turns a message into what is said to it, whatever carried it, and counts that. Any thread.</summary>
/// <param name="zone">Of the moment in which it is asked; null = there is none.</param>
/// <param name="config">In force.</param>
/// <param name="cookies">Made for every client that understands them.</param>
/// <param name="counts">Is told what became of each message.</param>
internal sealed class Responder(Func<Zone?> zone, Func<DnsConfig> config, ServerCookie cookies, DnsCounts counts, Clock clock)
{
    /// <summary>Of one name in an answer over UDP: as many as the root has servers, which all paths carry.</summary>
    private const int MostUdpAddresses = 13;

    private uint _turnsV4;
    private uint _turnsV6;

    /// <param name="message">One datagram, whole.</param>
    /// <param name="client">Its sender's address, 4 or 16 bytes.</param>
    /// <param name="buckets">Of the thread that calls.</param>
    /// <param name="response">512 bytes or more.</param>
    /// <returns>Bytes of the response; 0 = nothing is said.</returns>
    public int AnswerDatagram(ReadOnlySpan<byte> message, ReadOnlySpan<byte> client, NetworkBuckets buckets, Span<byte> response)
    {
        var reading = QueryReader.Read(message, out var query);
        if (reading == Reading.Nonsense)
        {
            counts.AddMalformed();
            return 0;
        }

        var shown = message[query.Cookie];
        var isProven = shown.Length > 0 && cookies.IsValid(shown, client, clock.UtcSeconds);
        var allowance = isProven ? Allowance.Whole : buckets.Take(ClientNetwork.Of(client), clock.NowMilliseconds);
        if (allowance == Allowance.None || (allowance == Allowance.Cut && reading != Reading.Query))
        {
            counts.AddDropped();
            return 0;
        }

        var writer = new ResponseWriter(response, Math.Min(query.MostUdpBytes, ResponseWriter.MostUdpBytes), query, message,
            hasCookie: shown.Length > 0);
        if (allowance == Allowance.Whole)
            return Finish(Decide(reading, query, message, client, MostUdpAddresses, ref writer), ref writer, shown, client);
        counts.AddCut();
        writer.Truncate();
        return Write(Outcome.Answered, ref writer, shown, client);
    }

    /// <param name="message">As it came over TCP, without its length.</param>
    /// <param name="client">4 or 16 bytes.</param>
    /// <param name="response">65,535 bytes.</param>
    /// <returns>Bytes of the response; 0 = nothing is said, and nothing sensible will follow.</returns>
    public int AnswerStream(ReadOnlySpan<byte> message, ReadOnlySpan<byte> client, Span<byte> response)
    {
        var reading = QueryReader.Read(message, out var query);
        if (reading == Reading.Nonsense)
        {
            counts.AddMalformed();
            return 0;
        }

        var shown = message[query.Cookie];
        var writer = new ResponseWriter(response, response.Length, query, message, hasCookie: shown.Length > 0);
        return Finish(Decide(reading, query, message, client, int.MaxValue, ref writer), ref writer, shown, client);
    }

    /// <summary>Who keeps a copy of the zone gets it whole, over TCP alone.</summary>
    /// <returns>Null when it is not asked for, or not by one who may have it: answered as any other message.</returns>
    public IReadOnlyList<byte[]>? Transfer(ReadOnlySpan<byte> message, ReadOnlySpan<byte> client)
    {
        if (QueryReader.Read(message, out var query) != Reading.Query) return null;
        if (query is not { Type: RecordType.AXFR or RecordType.IXFR, Class: 1, EdnsVersion: 0 } || !MayTransfer(client)) return null;
        if (zone() is not { } whole) return null;
        Span<byte> name = stackalloc byte[query.NameLength];
        DnsName.Lower(message[query.Name], name);
        if (whole.Find(name, out var zoneAt) is null || zoneAt != 0) return null;
        counts.Add(Outcome.Transferred);
        return ZoneTransfer.Write(whole, query, message);
    }

    private Outcome Decide(Reading reading, in Query query, ReadOnlySpan<byte> message, ReadOnlySpan<byte> client, int mostAddresses,
        ref ResponseWriter writer) => reading switch
        {
            Reading.Malformed => Outcome.FormatError,
            Reading.NotImplemented => Outcome.NotImplemented,
            _ => ZoneAnswers.Answer(zone(), query, message, NextTurn(query.Type), mostAddresses,
                query.Type == RecordType.IXFR && MayTransfer(client), ref writer),
        };

    /// <summary>Of each family its own: who asks for both in turn would else get every second one only.</summary>
    private uint NextTurn(RecordType type) => type switch
    {
        RecordType.A => Interlocked.Increment(ref _turnsV4),
        RecordType.AAAA => Interlocked.Increment(ref _turnsV6),
        _ => 0,
    };

    private int Finish(Outcome outcome, ref ResponseWriter writer, ReadOnlySpan<byte> shown, ReadOnlySpan<byte> client)
    {
        counts.Add(outcome);
        if (writer.IsTruncated) writer.Truncate();
        return Write(outcome, ref writer, shown, client);
    }

    private int Write(Outcome outcome, ref ResponseWriter writer, ReadOnlySpan<byte> shown, ReadOnlySpan<byte> client)
    {
        if (shown.Length == 0) return writer.Finish(outcome.Code(), outcome.IsAuthoritative(), []);
        Span<byte> cookie = stackalloc byte[ServerCookie.Bytes];
        cookies.Make(shown, client, clock.UtcSeconds, cookie);
        return writer.Finish(outcome.Code(), outcome.IsAuthoritative(), cookie);
    }

    private bool MayTransfer(ReadOnlySpan<byte> client)
    {
        var secondaries = config().SecondaryTransfer;
        return secondaries.Count > 0 && secondaries.Contains(new IPAddress(client));
    }
}
