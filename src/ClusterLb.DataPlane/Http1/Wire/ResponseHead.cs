using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// The head of a backend's HTTP/1.1 response, parsed as strictly as a request: a backend that can be made to answer ambiguously
/// must not split responses for other clients. Refused means 502 and the connection closed. One per upstream exchange, reused.
/// </summary>
internal sealed class ResponseHead
{
    /// <summary>Bytes of status line and headers together.</summary>
    public const int MostBytes = HeaderEntry.MostOffset;

    private const int MostHeaders = 500;
    private LineScanner _lines;
    private HeadStatus _status;
    private HttpMethod _requestMethod;
    private bool _hasStatusLine;

    public ResponseHead() => Reset();

    public HeaderTable Headers { get; } = new(MostHeaders);

    /// <summary>Bytes of the whole head once complete.</summary>
    public int Length => _lines.Position;

    /// <summary>For the log; empty unless refused.</summary>
    public string RefusalReason { get; private set; } = "";

    /// <summary>Refused for its size alone.</summary>
    public bool IsTooLarge => RefusalReason is Reasons.HeadTooLarge or Reasons.TooManyHeaders or Reasons.TooManyOptions;

    /// <summary>100 to 999.</summary>
    public int Status { get; private set; }

    public Slice Reason { get; private set; }

    public bool IsHttp10 { get; private set; }

    /// <summary>1xx but 101: another head follows.</summary>
    public bool IsInterim => Status is < 200 and not 101;

    /// <summary>The backend lets its connection be used again once the body has been read.</summary>
    public bool KeepAlive { get; private set; }

    public BodyFraming Body { get; private set; }

    /// <summary>The Content-Length of a response to HEAD, or of a 304: what GET would have got; -1 = none.</summary>
    public long DescribedLength { get; private set; }

    /// <summary>What a 101 switches to; empty when it does not say.</summary>
    public Slice UpgradeProtocol { get; private set; }

    /// <summary>Forgets everything, for the next response.</summary>
    public void Reset()
    {
        _lines = default;
        _status = HeadStatus.Incomplete;
        (_hasStatusLine, RefusalReason) = (false, "");
        (Status, Reason, IsHttp10, KeepAlive, Body, DescribedLength, UpgradeProtocol) = (0, default, false, false, default, -1, default);
        Headers.Clear();
    }

    /// <summary>Goes on where it stopped. The buffer may have moved and grown since, but begins with the same bytes.</summary>
    public HeadStatus Parse(ReadOnlySpan<byte> received, HttpMethod requestMethod)
    {
        if (_status != HeadStatus.Incomplete) return _status;
        _requestMethod = requestMethod;
        var window = received.Length > MostBytes ? received[..MostBytes] : received;
        while (_status == HeadStatus.Incomplete)
        {
            switch (_lines.Next(window, out var line))
            {
                case LineStatus.Incomplete when window.Length < MostBytes:
                    return HeadStatus.Incomplete;
                case LineStatus.Incomplete:
                    return Refuse(Reasons.HeadTooLarge);
                case LineStatus.Malformed:
                    return Refuse(Reasons.Control);
                default:
                    _status = ReadLine(window, line);
                    break;
            }
        }

        return _status;
    }

    private HeadStatus ReadLine(ReadOnlySpan<byte> bytes, Slice line)
    {
        if (!_hasStatusLine) return ReadStatusLine(bytes, line);
        if (line.IsEmpty) return Finish(bytes);
        if (Headers.IsFull) return Refuse(Reasons.TooManyHeaders);
        var refusal = Headers.Add(bytes, line);
        return refusal is null ? HeadStatus.Incomplete : Refuse(refusal);
    }

    /// <summary>HTTP-version SP 3DIGIT [ SP reason ]: the last space is often left out, and nobody reads it two ways.</summary>
    private HeadStatus ReadStatusLine(ReadOnlySpan<byte> bytes, Slice line)
    {
        _hasStatusLine = true;
        var text = line.Of(bytes);
        if (text.Length < 12 || text[8] != ' ' || (text.Length > 12 && text[12] != ' ')) return Refuse(Reasons.StatusLine);
        var version = HttpVersions.Parse(text[..8]);
        if (version is HttpVersion.Malformed or HttpVersion.Unsupported) return Refuse(Reasons.VersionUnsupported);
        IsHttp10 = version == HttpVersion.Http10;
        Status = (int)Grammar.ParseDecimal(text[9..12]);
        if (Status < 100) return Refuse(Reasons.StatusLine);
        Reason = text.Length > 13 ? Grammar.Trim(bytes, line.Start + 13, line.End) : default;
        return HeadStatus.Incomplete;
    }

    private HeadStatus Finish(ReadOnlySpan<byte> bytes)
    {
        if (!ConnectionOptions.TryRead(bytes, Headers, out var options)) return Refuse(Reasons.TooManyOptions);
        KeepAlive = !options.Close && (!IsHttp10 || options.KeepAlive);
        if (Headers.TryGet(KnownHeader.Upgrade, out var protocol)) UpgradeProtocol = protocol;
        return Status is < 200 or 204 ? HeadStatus.Complete : ReadFraming(bytes);
    }

    /// <summary>RFC 9112 section 6.3, for a status that may describe a body.</summary>
    private HeadStatus ReadFraming(ReadOnlySpan<byte> bytes)
    {
        var framing = new MessageFraming();
        if (framing.Read(bytes, Headers) is { } refusal) return Refuse(refusal);
        if (framing.IsChunked && IsHttp10) return Refuse(Reasons.EncodingHttp10);
        if (_requestMethod == HttpMethod.Head || Status == 304)
        {
            DescribedLength = framing.Length;
            return HeadStatus.Complete;
        }

        Body = framing.IsChunked
            ? BodyFraming.Chunked
            : framing.Length >= 0 ? BodyFraming.OfLength(framing.Length) : BodyFraming.UntilClose;
        KeepAlive &= Body.Kind != BodyKind.UntilClose;
        return HeadStatus.Complete;
    }

    private HeadStatus Refuse(string reason)
    {
        RefusalReason = reason;
        return _status = HeadStatus.Refused;
    }
}
