using System.Buffers.Binary;

namespace ClusterLb.Node.Dns.Messages;

/// <summary>
/// Writes one response: header, the question as it was asked, records, and EDNS where it was spoken. A record that finds no room is left
/// out, and <see cref="IsTruncated"/> says so. Allocates nothing.
/// </summary>
internal ref struct ResponseWriter
{
    /// <summary>What this server sends over UDP at most, in bytes: it comes through whole everywhere (DNS flag day 2020).</summary>
    public const int MostUdpBytes = 1232;

    private const ushort Internet = 1;
    private const int EdnsBytes = 11;
    private const int CookieBytes = 4 + 24;

    private readonly Span<byte> _message;
    private readonly Query _query;
    private readonly int _cookieLength;
    private readonly int _room;
    private int _at;
    private ushort _answers;
    private ushort _authorities;

    /// <param name="message">Where it is written.</param>
    /// <param name="most">No longer than this; what there is has to do.</param>
    /// <param name="asked">The message that the query was read from.</param>
    /// <param name="hasCookie">Room is kept for one (RFC 7873).</param>
    public ResponseWriter(Span<byte> message, int most, in Query query, scoped ReadOnlySpan<byte> asked, bool hasCookie)
    {
        _message = message;
        (_query, _cookieLength) = (query, hasCookie ? CookieBytes : 0);
        _room = Math.Min(most, message.Length) - (query.HasEdns ? EdnsBytes + _cookieLength : 0);
        var question = asked[query.Question];
        question.CopyTo(message[Query.HeaderBytes..]);
        _at = Query.HeaderBytes + question.Length;
    }

    /// <summary>Something found no room.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether a record fits of which name, fields and data have so many bytes.</summary>
    public readonly bool HasRoom(int bytes) => _at + bytes <= _room;

    /// <param name="owner">Where its name stands in the message (RFC 1035, section 4.1.4).</param>
    /// <param name="data">As the record carries it.</param>
    public void AddAnswer(int owner, RecordType type, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        if (TryAdd(owner, type, timeToLive, data)) _answers++;
    }

    /// <summary>The same, with the name itself before the record.</summary>
    public void AddAnswer(scoped ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        if (!Takes(owner.Length + 10 + data.Length)) return;
        owner.CopyTo(_message[_at..]);
        _at += owner.Length;
        AddFields(type, timeToLive, data);
        _answers++;
    }

    /// <inheritdoc cref="AddAnswer(int, RecordType, uint, ReadOnlySpan{byte})"/>
    public void AddAuthority(int owner, RecordType type, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        if (TryAdd(owner, type, timeToLive, data)) _authorities++;
    }

    /// <summary>Says that there is more, and says nothing of it: who asks again over TCP has all of it.</summary>
    public void Truncate()
    {
        (_answers, _authorities, IsTruncated) = (0, 0, true);
        _at = _query.Question.End.Value;
    }

    /// <param name="isAuthoritative">It is about this server's zone.</param>
    /// <param name="cookie">Of client and server, 24 bytes; empty = none.</param>
    /// <returns>Bytes written.</returns>
    public int Finish(ResponseCode code, bool isAuthoritative, scoped ReadOnlySpan<byte> cookie)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_message, _query.Id);
        var flags = 0x8000 | _query.Opcode << 11 | (isAuthoritative ? 0x0400 : 0) | (IsTruncated ? 0x0200 : 0) | _query.RepeatedFlags
            | (int)code & 0xF;
        BinaryPrimitives.WriteUInt16BigEndian(_message[2..], (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(_message[4..], (ushort)(_query.NameLength == 0 ? 0 : 1));
        BinaryPrimitives.WriteUInt16BigEndian(_message[6..], _answers);
        BinaryPrimitives.WriteUInt16BigEndian(_message[8..], _authorities);
        BinaryPrimitives.WriteUInt16BigEndian(_message[10..], (ushort)(_query.HasEdns ? 1 : 0));
        if (_query.HasEdns) AddEdns(code, cookie);
        return _at;
    }

    /// <summary>RFC 6891, section 6.1.2.</summary>
    private void AddEdns(ResponseCode code, scoped ReadOnlySpan<byte> cookie)
    {
        var record = _message[_at..];
        record[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(record[3..], MostUdpBytes);
        record[5] = (byte)((int)code >> 4);
        record[6] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(record[7..], (ushort)(_query.WantsDnssec ? 0x8000 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(record[9..], (ushort)(cookie.Length == 0 ? 0 : 4 + cookie.Length));
        _at += EdnsBytes;
        if (cookie.Length == 0) return;
        BinaryPrimitives.WriteUInt16BigEndian(record[11..], 10);
        BinaryPrimitives.WriteUInt16BigEndian(record[13..], (ushort)cookie.Length);
        cookie.CopyTo(record[15..]);
        _at += 4 + cookie.Length;
    }

    private bool TryAdd(int owner, RecordType type, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        if (!Takes(12 + data.Length)) return false;
        BinaryPrimitives.WriteUInt16BigEndian(_message[_at..], (ushort)(0xC000 | owner));
        _at += 2;
        AddFields(type, timeToLive, data);
        return true;
    }

    private void AddFields(RecordType type, uint timeToLive, scoped ReadOnlySpan<byte> data)
    {
        var record = _message[_at..];
        BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], Internet);
        BinaryPrimitives.WriteUInt32BigEndian(record[4..], timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[8..], (ushort)data.Length);
        data.CopyTo(record[10..]);
        _at += 10 + data.Length;
    }

    private bool Takes(int bytes)
    {
        if (HasRoom(bytes)) return true;
        IsTruncated = true;
        return false;
    }
}
