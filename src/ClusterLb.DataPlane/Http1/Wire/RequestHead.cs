using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// The head of an HTTP/1.1 request, parsed strictly and in place (RFC 9112): all it keeps are offsets into the buffer it was given.
/// One per connection, reused; allocates only when a head has more headers than any before. Not thread-safe.
/// </summary>
internal sealed class RequestHead
{
    private static readonly ulong Wishes =
        KnownHeaders.Bit(KnownHeader.Expect) | KnownHeaders.Bit(KnownHeader.Te) | KnownHeaders.Bit(KnownHeader.Upgrade)
        | KnownHeaders.Bit(KnownHeader.MaxForwards);

    private readonly int _mostBytes;
    private readonly int _mostTargetBytes;
    private readonly long _mostBodyBytes;
    private LineScanner _lines;
    private RequestTarget _target;
    private Authority _authority;
    private HeadStatus _status;
    private bool _hasRequestLine;
    private bool _hasEmptyLine;

    public RequestHead(HttpLimits limits)
    {
        _mostBytes = Math.Min(limits.HeadBytes, HeaderEntry.MostOffset);
        _mostTargetBytes = limits.TargetBytes;
        _mostBodyBytes = limits.BodyBytes == 0 ? long.MaxValue : limits.BodyBytes;
        Headers = new HeaderTable(limits.HeaderCount);
        Reset();
    }

    public HeaderTable Headers { get; }

    /// <summary>Bytes of the whole head once complete, an ignored leading empty line included.</summary>
    public int Length => _lines.Position;

    /// <summary>The status to answer when refused: 400, 405, 413, 414, 417, 431, 501 or 505; else 0.</summary>
    public int RefusalStatus { get; private set; }

    /// <summary>For the log; empty unless refused.</summary>
    public string RefusalReason { get; private set; } = "";

    /// <summary>Known as soon as the request line is, refused or not.</summary>
    public HttpMethod Method { get; private set; }

    public Slice MethodText { get; private set; }

    public bool IsIdempotent => HttpMethods.IsIdempotent(Method);

    public bool IsHttp10 { get; private set; }

    /// <summary>Whether the client wants its connection kept (RFC 9112 section 9.3).</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>The client may be waiting for 100 before it sends its body. Never for HTTP/1.0 or without a body.</summary>
    public bool ExpectsContinue { get; private set; }

    public BodyFraming Body { get; private set; }

    /// <summary>What goes upstream after <see cref="TargetPrefix"/>.</summary>
    public Slice Target => _target.Text;

    /// <summary>Almost always none; see <see cref="RequestTarget"/>.</summary>
    public RequestTargetPrefix TargetPrefix => _target.Prefix;

    /// <summary>The host that counts; missing only for an HTTP/1.0 request that names none.</summary>
    public Authority Authority => _authority;

    /// <summary>
    /// The client offers to change protocol: <c>Connection: upgrade</c>, an <c>Upgrade</c>, HTTP/1.1, and no body in between.
    /// </summary>
    public bool WantsUpgrade { get; private set; }

    /// <summary><c>TE: trailers</c>.</summary>
    public bool AcceptsTrailers { get; private set; }

    /// <summary>Of OPTIONS only (RFC 9110 section 7.6.2); -1 = none. At 0 the request must be answered here.</summary>
    public int MaxForwards { get; private set; }

    /// <summary>Forgets everything, for the next request.</summary>
    public void Reset()
    {
        _lines = default;
        _target = default;
        _authority = default;
        _status = HeadStatus.Incomplete;
        (_hasRequestLine, _hasEmptyLine) = (false, false);
        (RefusalStatus, RefusalReason) = (0, "");
        (Method, MethodText, MaxForwards, Body) = (HttpMethod.Other, default, -1, default);
        (IsHttp10, KeepAlive, ExpectsContinue, WantsUpgrade, AcceptsTrailers) = (false, false, false, false, false);
        Headers.Clear();
    }

    /// <summary>Goes on where it stopped. The buffer may have moved and grown since, but begins with the same bytes.</summary>
    public HeadStatus Parse(ReadOnlySpan<byte> received)
    {
        if (_status != HeadStatus.Incomplete) return _status;

        // The same window however the bytes arrive, so that how they were cut never decides what is refused.
        var window = received.Length > _mostBytes ? received[.._mostBytes] : received;
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

    /// <summary>Gives the path of a complete head its one form, in place; null, or why the request is refused (400).</summary>
    public string? ReformPath(Span<byte> received, PathRules rules)
    {
        var refusal = _target.Reform(received, rules, out var reformed);
        _target = reformed;
        return refusal;
    }

    /// <summary>
    /// Gives each header and cookie that decides one reading: what resembles a header stays here, what <c>Connection</c> names passes all
    /// the same. False when one came twice, or as servers read it in two ways.
    /// </summary>
    public bool TrySettle(ReadOnlySpan<byte> received, DecidingNames names)
    {
        Headers.MarkDeciding(received, names.Headers);
        foreach (var header in names.Headers)
        {
            if (Headers.IsTwice(received, header)) return false;
        }

        foreach (var cookie in names.Cookies)
        {
            if (Headers.IsCookieAmbiguous(received, cookie)) return false;
        }

        return true;
    }

    /// <summary>The target without its query, as it goes upstream; <c>*</c> for <c>OPTIONS</c> of the whole server.</summary>
    public ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> received) =>
        TargetPrefix == RequestTargetPrefix.Asterisk ? "*"u8 : _target.Path.Of(received);

    private HeadStatus ReadLine(ReadOnlySpan<byte> bytes, Slice line)
    {
        if (!_hasRequestLine) return line.IsEmpty ? SkipEmptyLine() : ReadRequestLine(bytes, line);
        if (line.IsEmpty) return Finish(bytes);
        if (Headers.IsFull) return Refuse(431, Reasons.TooManyHeaders);
        var refusal = Headers.Add(bytes, line);
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
        MethodText = new Slice(line.Start, first);
        Method = HttpMethods.Parse(text[..first]);
        if (Method == HttpMethod.Other && !Grammar.IsToken(text[..first])) return Refuse(400, Reasons.MethodInvalid);
        switch (HttpVersions.Parse(text[(last + 1)..]))
        {
            case HttpVersion.Malformed: return Refuse(400, Reasons.VersionInvalid);
            case HttpVersion.Unsupported: return Refuse(505, Reasons.VersionUnsupported);
            case HttpVersion.Http10: IsHttp10 = true; break;
        }

        if (HttpMethods.IsRefused(Method, text[..first])) return Refuse(405, Reasons.MethodRefused);
        var target = Slice.Between(line.Start + first + 1, line.Start + last);
        if (target.Length > _mostTargetBytes) return Refuse(414, Reasons.TargetTooLong);
        return RequestTarget.TryParse(bytes, target, Method, out _target) ? HeadStatus.Incomplete : Refuse(400, Reasons.TargetInvalid);
    }

    /// <summary>There is no room for the rest of the line at hand, whatever it would be.</summary>
    private HeadStatus RefuseTooLarge(ReadOnlySpan<byte> bytes)
    {
        if (_hasRequestLine) return Refuse(431, Reasons.HeadTooLarge);
        var line = Slice.Between(_lines.Position, bytes.Length);
        var first = line.Of(bytes).IndexOf((byte)' ');
        if (first is < 0 or > HttpMethods.MostBytes) return RefuseLongMethod(line);
        MethodText = new Slice(line.Start, first);
        return Refuse(414, Reasons.TargetTooLong);
    }

    /// <summary>The log gets its beginning.</summary>
    private HeadStatus RefuseLongMethod(Slice line)
    {
        MethodText = new Slice(line.Start, Math.Min(line.Length, HttpMethods.MostBytes));
        return Refuse(501, Reasons.MethodTooLong);
    }

    private HeadStatus Finish(ReadOnlySpan<byte> bytes)
    {
        if (RequestHost.Read(bytes, Headers, in _target, IsHttp10, out _authority) is { } hostRefusal) return Refuse(400, hostRefusal);
        var framing = new MessageFraming();
        if (framing.Read(bytes, Headers) is { } framingRefusal)
        {
            return Refuse(ReferenceEquals(framingRefusal, Reasons.EncodingUnknown) ? 501 : 400, framingRefusal);
        }

        if (framing.IsChunked && IsHttp10) return Refuse(400, Reasons.EncodingHttp10);
        if (framing.Length > _mostBodyBytes) return Refuse(413, Reasons.BodyTooLarge);
        Body = framing.IsChunked ? BodyFraming.Chunked : framing.Length >= 0 ? BodyFraming.OfLength(framing.Length) : BodyFraming.None;
        if (!ConnectionOptions.TryRead(bytes, Headers, out var options)) return Refuse(400, Reasons.TooManyOptions);
        KeepAlive = !options.Close && (!IsHttp10 || options.KeepAlive);
        return ReadWishes(bytes, options);
    }

    private HeadStatus ReadWishes(ReadOnlySpan<byte> bytes, ConnectionOptions options)
    {
        if (!Headers.HasAny(Wishes)) return HeadStatus.Complete;
        foreach (ref readonly var entry in Headers.Entries)
        {
            var value = entry.Value.Of(bytes);
            switch (entry.Known)
            {
                case KnownHeader.Expect when ExpectsContinue || !Grammar.EqualsIgnoreCase(value, "100-continue"u8):
                    return Refuse(417, Reasons.ExpectUnknown);
                case KnownHeader.Expect:
                    ExpectsContinue = true;
                    break;
                case KnownHeader.Te:
                    AcceptsTrailers |= TransferCodings.AcceptTrailers(bytes, entry.Value);
                    break;
                case KnownHeader.MaxForwards when Method == HttpMethod.Options:
                    var hops = Grammar.ParseDecimal(value);
                    if (hops < 0 || MaxForwards >= 0) return Refuse(400, Reasons.MaxForwardsInvalid);
                    MaxForwards = (int)Math.Min(hops, int.MaxValue);
                    break;
            }
        }

        ExpectsContinue &= !IsHttp10 && !Body.IsEmpty;
        WantsUpgrade = options.Upgrade && !IsHttp10 && Body.IsEmpty && Headers.Has(KnownHeader.Upgrade);
        return HeadStatus.Complete;
    }

    private HeadStatus Refuse(int status, string reason)
    {
        (RefusalStatus, RefusalReason) = (status, reason);
        return _status = HeadStatus.Refused;
    }
}
