using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace ClusterLb.Faults.Names;

/// <summary>As much of RFC 1035 as a name server of a few addresses needs. Pure.</summary>
internal static class NameMessage
{
    private const int HeaderLength = 12;
    private const ushort TypeA = 1;

    /// <summary>Seconds for which an answer may be kept; nodes do not ask more often.</summary>
    private const uint TimeToLive = 1;

    /// <param name="query">As it was received, with one question.</param>
    /// <param name="addressesOf">Of a name in lower case; null = there is no such name.</param>
    /// <returns>What to answer; null when it is no query.</returns>
    public static byte[]? Answer(ReadOnlySpan<byte> query, Func<string, IReadOnlyList<IPAddress>?> addressesOf)
    {
        if (query.Length < HeaderLength || (query[2] & 0x80) != 0 || Question(query) is not var (name, type, end)) return null;
        var addresses = addressesOf(name);
        var records = type == TypeA && addresses is not null ? addresses : [];
        var answer = new byte[end + (records.Count * 16)];
        query[..end].CopyTo(answer);
        // A response, authoritative; recursion is as it was asked for.
        answer[2] = (byte)(0x84 | (query[2] & 0x01));
        answer[3] = (byte)(addresses is null ? 3 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)records.Count);
        answer.AsSpan(8, 4).Clear();
        for (var i = 0; i < records.Count; i++) Write(answer.AsSpan(end + (i * 16)), records[i]);
        return answer;
    }

    private static (string Name, ushort Type, int End)? Question(ReadOnlySpan<byte> query)
    {
        var (at, name) = (HeaderLength, new StringBuilder());
        while (at < query.Length && query[at] is > 0 and < 64)
        {
            if (at + query[at] >= query.Length) return null;
            if (name.Length > 0) name.Append('.');
            name.Append(Encoding.Latin1.GetString(query.Slice(at + 1, query[at])).ToLowerInvariant());
            at += 1 + query[at];
        }

        return at + 5 <= query.Length && query[at] == 0
            ? (name.ToString(), BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]), at + 5)
            : null;
    }

    private static void Write(Span<byte> record, IPAddress address)
    {
        // The name of the question, A, IN, the time to live, four bytes.
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], TypeA);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        address.GetAddressBytes().CopyTo(record[12..]);
    }
}
