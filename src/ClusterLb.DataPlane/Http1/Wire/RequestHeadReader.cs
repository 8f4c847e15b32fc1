using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Reads the head of an HTTP/1.1 request, strictly and in place (RFC 9112), into a <see cref="Messages.Request"/>.
/// One per exchange, reused; allocates only when a head has more headers than any before. Not thread-safe.
/// </summary>
internal sealed class RequestHeadReader
{
    private static readonly ulong Wishes =
        KnownHeaders.Bit(KnownHeader.Expect) | KnownHeaders.Bit(KnownHeader.Te) | KnownHeaders.Bit(KnownHeader.Upgrade)
        | KnownHeaders.Bit(KnownHeader.MaxForwards);

    private readonly int _mostBytes;
    private readonly int _mostTargetBytes;
    private readonly long _mostBodyBytes;
    private LineScanner _lines;
    private TargetReader _target;
    private HeadStatus _status;
    private bool _hasRequestLine;
    private bool _hasEmptyLine;

    public RequestHeadReader(HttpLimits limits)
    {
        _mostBytes = Math.Min(limits.HeadBytes, HeaderEntry.MostOffset);
        _mostTargetBytes = limits.TargetBytes;
        _mostBodyBytes = limits.BodyBytes == 0 ? long.MaxValue : limits.BodyBytes;
        Request = new Request(limits.HeaderCount);
    }

    /// <summary>What was read so far; whole once the head is complete.</summary>
    public Request Request { get; }

    /// <summary>Bytes of the whole head once complete, an ignored leading empty line included.</summary>
    public int Length => _lines.Position;

    /// <summary>The status to answer when refused: 400, 405, 413, 414, 417, 431, 501 or 505; else 0.</summary>
    public int RefusalStatus { get; private set; }

    /// <summary>For the log; empty unless refused.</summary>
    public string RefusalReason { get; private set; } = "";

    /// <summary>Whether the client wants its connection kept (RFC 9112 section 9.3).</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Forgets everything, for the next request.</summary>
    public void Reset()
    {
        (_lines, _target) = (default, default);
        _status = HeadStatus.Incomplete;
        (_hasRequestLine, _hasEmptyLine, KeepAlive) = (false, false, false);
        (RefusalStatus, RefusalReason) = (0, "");
        Request.Clear();
    }

    /// <summary>Goes on where it stopped. The buffer may be another one by now, but begins with the same bytes.</summary>
    /// <param name="buffer">Where the head begins at 0; the request stays in it.</param>
    /// <param name="length">Of what was received.</param>
    public HeadStatus Read(byte[] buffer, int length)
    {
        if (_status != HeadStatus.Incomplete) return _status;

        // The same window however the bytes arrive, so that how they were cut never decides what is refused.
        Request.Headers.Place(buffer, 0);
        ReadOnlySpan<byte> window = buffer.AsSpan(0, Math.Min(length, _mostBytes));
        while (_status == HeadStatus.Incomplete)
        {
            switch (_lines.Next(window, out var line))
            {
                case LineStatus.Incomplete when window.Length < _mostBytes:
                    return HeadStatus.Incomplete;
                case LineStatus.Incomplete:
                    return RefuseTooLarge(window);
                case LineStatus.Malformed:
                    return Refuse(400, Reasons.Control);
                default:
                    _status = ReadLine(window, line);
                    break;
            }
        }

        return _status;
    }

    private HeadStatus ReadLine(ReadOnlySpan<byte> bytes, Slice line)
    {
        if (!_hasRequestLine) return line.IsEmpty ? SkipEmptyLine() : ReadRequestLine(bytes, line);
        if (line.IsEmpty) return Finish(bytes);
        if (Request.Headers.IsFull) return Refuse(431, Reasons.TooManyHeaders);
        var refusal = Request.Headers.Add(bytes, line);
        return refusal is null ? HeadStatus.Incomplete : Refuse(400, refusal);
    }

    /// <summary>RFC 9112 section 2.2 asks for one to be forgiven: old clients end a body with it.</summary>
    private HeadStatus SkipEmptyLine()
    {
        if (_hasEmptyLine) return Refuse(400, Reasons.EmptyLines);
        _hasEmptyLine = true;
        return HeadStatus.Incomplete;
    }

    private HeadStatus ReadRequestLine(ReadOnlySpan<byte> bytes, Slice line)
    {
        _hasRequestLine = true;
        var text = line.Of(bytes);
        var first = text.IndexOf((byte)' ');
        var last = text.LastIndexOf((byte)' ');
        if (first <= 0 || last == first) return Refuse(400, Reasons.RequestLine);
        if (first > HttpMethods.MostBytes) return RefuseLongMethod(line);
        Request.MethodAt = new Slice(line.Start, first);
        Request.Method = HttpMethods.Parse(text[..first]);
        if (Request.Method == HttpMethod.Other && !Grammar.IsToken(text[..first])) return Refuse(400, Reasons.MethodInvalid);
        switch (HttpVersions.Parse(text[(last + 1)..]))
        {
            case HttpVersion.Malformed: return Refuse(400, Reasons.VersionInvalid);
            case HttpVersion.Unsupported: return Refuse(505, Reasons.VersionUnsupported);
            case HttpVersion.Http10: Request.IsHttp10 = true; break;
        }

        if (HttpMethods.IsRefused(Request.Method, text[..first])) return Refuse(405, Reasons.MethodRefused);
        var target = Slice.Between(line.Start + first + 1, line.Start + last);
        if (target.Length > _mostTargetBytes) return Refuse(414, Reasons.TargetTooLong);
        var isRead = _target.TryRead(bytes, target, Request.Method);
        Request.Target = _target.Target;
        return isRead ? HeadStatus.Incomplete : Refuse(400, Reasons.TargetInvalid);
    }

    /// <summary>There is no room for the rest of the line at hand, whatever it would be.</summary>
    private HeadStatus RefuseTooLarge(ReadOnlySpan<byte> bytes)
    {
        if (_hasRequestLine) return Refuse(431, Reasons.HeadTooLarge);
        var line = Slice.Between(_lines.Position, bytes.Length);
        var first = line.Of(bytes).IndexOf((byte)' ');
        if (first is < 0 or > HttpMethods.MostBytes) return RefuseLongMethod(line);
        Request.MethodAt = new Slice(line.Start, first);
        return Refuse(414, Reasons.TargetTooLong);
    }

    /// <summary>The log gets its beginning.</summary>
    private HeadStatus RefuseLongMethod(Slice line)
    {
        Request.MethodAt = new Slice(line.Start, Math.Min(line.Length, HttpMethods.MostBytes));
        return Refuse(501, Reasons.MethodTooLong);
    }

    private HeadStatus Finish(ReadOnlySpan<byte> bytes)
    {
        var request = Request;
        if (RequestHost.Read(bytes, request.Headers, in _target, request.IsHttp10, out var authority) is { } hostRefusal)
            return Refuse(400, hostRefusal);
        request.Authority = authority;
        var framing = new MessageFraming();
        if (framing.Read(bytes, request.Headers) is { } framingRefusal)
            return Refuse(ReferenceEquals(framingRefusal, Reasons.EncodingUnknown) ? 501 : 400, framingRefusal);
        if (framing.IsChunked && request.IsHttp10) return Refuse(400, Reasons.EncodingHttp10);
        if (framing.Length > _mostBodyBytes) return Refuse(413, Reasons.BodyTooLarge);
        request.Body = framing.IsChunked ? BodyFraming.Chunked
            : framing.Length >= 0 ? BodyFraming.OfLength(framing.Length) : BodyFraming.None;
        if (!ConnectionOptions.TryRead(bytes, request.Headers, out var options)) return Refuse(400, Reasons.TooManyOptions);
        KeepAlive = !options.Close && (!request.IsHttp10 || options.KeepAlive);
        return ReadWishes(bytes, options);
    }

    private HeadStatus ReadWishes(ReadOnlySpan<byte> bytes, ConnectionOptions options)
    {
        var request = Request;
        if (!request.Headers.HasAny(Wishes)) return HeadStatus.Complete;
        foreach (ref readonly var entry in request.Headers.Entries)
        {
            var value = entry.Value.Of(bytes);
            switch (entry.Known)
            {
                case KnownHeader.Expect when request.ExpectsContinue || !Grammar.EqualsIgnoreCase(value, "100-continue"u8):
                    return Refuse(417, Reasons.ExpectUnknown);
                case KnownHeader.Expect:
                    request.ExpectsContinue = true;
                    break;
                case KnownHeader.Te:
                    request.AcceptsTrailers |= TransferCodings.AcceptTrailers(bytes, entry.Value);
                    break;
                case KnownHeader.MaxForwards when request.Method == HttpMethod.Options:
                    var hops = Grammar.ParseDecimal(value);
                    if (hops < 0 || request.MaxForwards >= 0) return Refuse(400, Reasons.MaxForwardsInvalid);
                    request.MaxForwards = (int)Math.Min(hops, int.MaxValue);
                    break;
            }
        }

        request.ExpectsContinue &= !request.IsHttp10 && !request.Body.IsEmpty;
        request.WantsUpgrade =
            options.Upgrade && !request.IsHttp10 && request.Body.IsEmpty && request.Headers.Has(KnownHeader.Upgrade);
        return HeadStatus.Complete;
    }

    private HeadStatus Refuse(int status, string reason)
    {
        (RefusalStatus, RefusalReason) = (status, reason);
        return _status = HeadStatus.Refused;
    }
}
