using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Reads the head of a backend's HTTP/1.1 response, as strictly as that of a request: a backend that can be made to answer ambiguously
/// must not split responses for other clients. Refused means 502 and the connection closed. One per exchange, reused.
/// </summary>
internal sealed class ResponseHeadReader
{
    /// <summary>Bytes of status line and headers together.</summary>
    public const int MostBytes = HeaderEntry.MostOffset;

    private const int MostHeaders = 500;
    private LineScanner _lines;
    private HeadStatus _status;
    private HttpMethod _requestMethod;
    private bool _hasStatusLine;
    private bool _isHttp10;

    /// <summary>What was read so far; whole once the head is complete.</summary>
    public Response Response { get; } = new(MostHeaders);

    /// <summary>Bytes of the whole head once complete.</summary>
    public int Length => _lines.Position;

    /// <summary>For the log; empty unless refused.</summary>
    public string RefusalReason { get; private set; } = "";

    /// <summary>Refused for its size alone.</summary>
    public bool IsTooLarge => RefusalReason is Reasons.HeadTooLarge or Reasons.TooManyHeaders or Reasons.TooManyOptions;

    /// <summary>The backend lets its connection be used again once the body has been read.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Forgets everything, for the next response.</summary>
    public void Reset()
    {
        _lines = default;
        _status = HeadStatus.Incomplete;
        (_hasStatusLine, _isHttp10, KeepAlive, RefusalReason) = (false, false, false, "");
        Response.Clear();
    }

    /// <summary>Goes on where it stopped. The bytes may be elsewhere by now, but are the same.</summary>
    /// <param name="buffer">The response stays in it.</param>
    /// <param name="start">Where the head begins.</param>
    /// <param name="end">Where ends what was received.</param>
    /// <param name="requestMethod">Of what it answers.</param>
    public HeadStatus Read(byte[] buffer, int start, int end, HttpMethod requestMethod)
    {
        if (_status != HeadStatus.Incomplete) return _status;
        _requestMethod = requestMethod;
        Response.Headers.Place(buffer, start);
        ReadOnlySpan<byte> window = buffer.AsSpan(start, Math.Min(end - start, MostBytes));
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
        if (Response.Headers.IsFull) return Refuse(Reasons.TooManyHeaders);
        var refusal = Response.Headers.Add(bytes, line);
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
        _isHttp10 = version == HttpVersion.Http10;
        Response.Status = (int)Grammar.ParseDecimal(text[9..12]);
        if (Response.Status < 100) return Refuse(Reasons.StatusLine);
        Response.ReasonAt = text.Length > 13 ? Grammar.Trim(bytes, line.Start + 13, line.End) : default;
        return HeadStatus.Incomplete;
    }

    private HeadStatus Finish(ReadOnlySpan<byte> bytes)
    {
        if (!ConnectionOptions.TryRead(bytes, Response.Headers, out var options)) return Refuse(Reasons.TooManyOptions);
        KeepAlive = !options.Close && (!_isHttp10 || options.KeepAlive);
        return Response.Status is < 200 or 204 ? HeadStatus.Complete : ReadFraming(bytes);
    }

    /// <summary>RFC 9112 section 6.3, for a status that may describe a body.</summary>
    private HeadStatus ReadFraming(ReadOnlySpan<byte> bytes)
    {
        var framing = new MessageFraming();
        if (framing.Read(bytes, Response.Headers) is { } refusal) return Refuse(refusal);
        if (framing.IsChunked && _isHttp10) return Refuse(Reasons.EncodingHttp10);
        if (_requestMethod == HttpMethod.Head || Response.Status == 304)
        {
            Response.DescribedLength = framing.Length;
            return HeadStatus.Complete;
        }

        Response.Body = framing.IsChunked
            ? BodyFraming.Chunked
            : framing.Length >= 0 ? BodyFraming.OfLength(framing.Length) : BodyFraming.UntilClose;
        KeepAlive &= Response.Body.Kind != BodyKind.UntilClose;
        return HeadStatus.Complete;
    }

    private HeadStatus Refuse(string reason)
    {
        RefusalReason = reason;
        return _status = HeadStatus.Refused;
    }
}
