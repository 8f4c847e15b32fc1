using System.Buffers.Binary;

namespace ClusterLb.Node.Dns.Messages;

/// <summary>
/// Reads queries, strictly: a message is read to its last byte or not at all. It follows no pointer, so none can lead it round, and it
/// reads each byte once.
/// </summary>
internal static class QueryReader
{
    private const int OptionCookie = 10;

    /// <param name="message">As it came.</param>
    /// <param name="query">With <see cref="Reading.Malformed"/> and <see cref="Reading.NotImplemented"/> what its header says.</param>
    public static Reading Read(ReadOnlySpan<byte> message, out Query query)
    {
        query = default;
        if (message.Length < Query.HeaderBytes) return Reading.Nonsense;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & 0x8000) != 0) return Reading.Nonsense;
        query = new Query
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(message),
            Opcode = flags >> 11 & 0xF,
            RepeatedFlags = (ushort)(flags & 0x0110),
            MostUdpBytes = 512,
        };
        if (query.Opcode != 0) return Reading.NotImplemented;
        var whole = query;
        if (!ReadBody(message, ref whole)) return Reading.Malformed;
        query = whole;
        return Reading.Query;
    }

    private static bool ReadBody(ReadOnlySpan<byte> message, ref Query query)
    {
        var (questions, answers) = (CountAt(message, 4), CountAt(message, 6));
        var (authorities, additionals) = (CountAt(message, 8), CountAt(message, 10));
        // More than one question has no meaning (RFC 9619); none is for who only wants a cookie (RFC 7873, section 5.4).
        if (questions > 1 || answers > 0 || authorities > 1) return false;
        var at = Query.HeaderBytes;
        if (questions == 1 && !ReadQuestion(message, ref at, ref query)) return false;
        // What a secondary has already (RFC 1995, section 3).
        if (authorities == 1 && (query.Type != RecordType.IXFR || !SkipRecord(message, ref at))) return false;
        for (var i = 0; i < additionals; i++)
        {
            if (!ReadAdditional(message, ref at, ref query)) return false;
        }

        return at == message.Length && (questions == 1 || !IsEmpty(query.Cookie));
    }

    private static bool ReadQuestion(ReadOnlySpan<byte> message, ref int at, ref Query query)
    {
        var start = at;
        // Nothing stands before it that a pointer could point to.
        if (!SkipName(message, ref at, mayPoint: false) || message.Length - at < 4) return false;
        query = query with
        {
            NameLength = at - start,
            Type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(message[at..]),
            Class = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]),
        };
        at += 4;
        // Never asked for (RFC 6891, section 6.1.1).
        return query.Type != RecordType.OPT;
    }

    private static bool ReadAdditional(ReadOnlySpan<byte> message, ref int at, ref Query query)
    {
        var start = at;
        if (!SkipRecord(message, ref at, out var fields)) return false;
        if ((RecordType)BinaryPrimitives.ReadUInt16BigEndian(message[fields..]) != RecordType.OPT) return true;
        // One, and its name is the root (RFC 6891, section 6.1.1).
        if (query.HasEdns || message[start] != 0) return false;
        query = query with
        {
            HasEdns = true,
            MostUdpBytes = Math.Max((ushort)512, BinaryPrimitives.ReadUInt16BigEndian(message[(fields + 2)..])),
            EdnsVersion = message[fields + 5],
            WantsDnssec = (message[fields + 6] & 0x80) != 0,
        };
        // What another version has there, nobody knows here.
        return query.EdnsVersion != 0 || ReadOptions(message, fields + 10, at, ref query);
    }

    private static bool ReadOptions(ReadOnlySpan<byte> message, int at, int end, ref Query query)
    {
        while (at < end)
        {
            if (end - at < 4) return false;
            var (code, length) = (CountAt(message, at), CountAt(message, at + 2));
            at += 4;
            if (end - at < length) return false;
            if (code == OptionCookie)
            {
                // RFC 7873, section 5.2.2.
                if (length is not (8 or (>= 16 and <= 40)) || !IsEmpty(query.Cookie)) return false;
                query = query with { Cookie = at..(at + length) };
            }

            at += length;
        }

        return true;
    }

    private static bool SkipRecord(ReadOnlySpan<byte> message, ref int at) => SkipRecord(message, ref at, out _);

    /// <param name="fields">Where its type begins; class, time to live, length and data follow.</param>
    private static bool SkipRecord(ReadOnlySpan<byte> message, ref int at, out int fields)
    {
        var isName = SkipName(message, ref at, mayPoint: true);
        fields = at;
        if (!isName || message.Length - at < 10) return false;
        at += 10 + CountAt(message, at + 8);
        return at <= message.Length;
    }

    /// <param name="mayPoint">Only backwards (RFC 1035, section 4.1.4); where to is not looked at.</param>
    private static bool SkipName(ReadOnlySpan<byte> message, ref int at, bool mayPoint)
    {
        var start = at;
        while (at < message.Length)
        {
            int length = message[at];
            if (length >= 0xC0)
            {
                if (!mayPoint || message.Length - at < 2 || (CountAt(message, at) & 0x3FFF) >= start) return false;
                at += 2;
                return true;
            }

            at += 1 + length;
            if (length > DnsName.MostOfLabel || at - start > DnsName.MostBytes) return false;
            if (length == 0) return true;
        }

        return false;
    }

    private static int CountAt(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);

    private static bool IsEmpty(Range range) => range.Equals(default);
}
