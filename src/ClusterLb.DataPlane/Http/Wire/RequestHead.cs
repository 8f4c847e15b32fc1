using System.Text;
using ClusterLb.Core.Configuration;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>
/// The head of one request, parsed strictly and as its bytes arrive; what is ambiguous is refused (RFC 9112; the reasons are attacks that
/// live on two parsers reading one message differently). Holds places in the caller's buffer, whose content must stay. Reused, allocates nothing.
/// </summary>
internal sealed class RequestHead(HttpLimits limits)
{
    private readonly RequestFields _fields = new();
    private LineReader _lines;
    private bool _sawEmptyLine;
    private bool _sawRequestLine;

    /// <summary>Bytes of the whole head, once complete.</summary>
    public int Length { get; private set; }

    /// <summary>What to answer, once refused.</summary>
    public int RefusalStatus { get; private set; }

    /// <summary>Why, for the log.</summary>
    public string RefusalReason { get; private set; } = "";

    public HttpMethod Method { get; private set; }

    public Slice MethodText { get; private set; }

    public bool IsHttp10 { get; private set; }

    /// <summary>What follows the authority: path and query, or <c>*</c>; empty for an absolute form without a path.</summary>
    public Slice Target { get; private set; }

    /// <summary>The authority of an absolute-form target; empty for the others.</summary>
    public Slice TargetAuthority { get; private set; }

    public HeaderTable Headers { get; } = new();

    public bool IsIdempotent => Method.IsIdempotent();

    public BodyFraming Body => _fields.Body;

    /// <summary>The client may send another request on this connection.</summary>
    public bool KeepAlive => _fields.KeepAlive;

    public bool ExpectsContinue => _fields.ExpectsContinue;

    public bool AcceptsTrailers => _fields.AcceptsTrailers;

    /// <summary>-1 = not given.</summary>
    public int MaxForwards => _fields.MaxForwards;

    public bool WantsUpgrade => !_fields.UpgradeProtocol.IsEmpty;

    public Slice UpgradeProtocol => _fields.UpgradeProtocol;

    /// <summary>Host and port as they go upstream: of the absolute form if there is one, else of <c>Host</c>.</summary>
    public Slice Authority => TargetAuthority.IsEmpty ? _fields.Host : TargetAuthority;

    public void Reset()
    {
        _lines = default;
        _sawEmptyLine = _sawRequestLine = false;
        Length = RefusalStatus = 0;
        RefusalReason = "";
        (Method, MethodText, IsHttp10) = (HttpMethod.Other, default, false);
        (Target, TargetAuthority) = (default, default);
        Headers.Clear();
        _fields.Reset();
    }

    /// <summary>Path and query as they go upstream.</summary>
    public ReadOnlySpan<byte> TargetOf(ReadOnlySpan<byte> source) => Target.IsEmpty ? "/"u8 : Target.Of(source);

    /// <summary>The path without its query; <c>/</c> when there is none.</summary>
    public ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> source)
    {
        var target = TargetOf(source);
        var query = target.IndexOf((byte)'?');
        if (query == 0) return "/"u8;
        return query < 0 ? target : target[..query];
    }

    /// <summary>The authority without its port.</summary>
    public ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> source)
    {
        var authority = Authority.Of(source);
        return authority[..Math.Max(0, Grammar.HostLength(authority))];
    }

    /// <summary>True when the request has passed a proxy of this name before.</summary>
    public bool HasVia(ReadOnlySpan<byte> source, ReadOnlySpan<byte> pseudonym)
    {
        foreach (ref readonly var field in Headers.Fields)
        {
            if (field.Known != KnownHeader.Via) continue;
            var list = field.Value.Of(source);
            while (Grammar.NextElement(ref list, out var element))
            {
                // received-protocol RWS received-by [ RWS comment ]
                var space = element.IndexOf((byte)' ');
                if (space < 0) continue;
                var by = Grammar.Trim(element[space..]);
                var end = by.IndexOf((byte)' ');
                if (Ascii.EqualsIgnoreCase(end < 0 ? by : by[..end], pseudonym)) return true;
            }
        }

        return false;
    }

    /// <summary>Goes on from the first line not parsed yet. Call again with the same bytes and more while it is incomplete.</summary>
    public HeadStatus Parse(ReadOnlySpan<byte> received)
    {
        while (true)
        {
            var status = _lines.Next(received, out var start, out var length);
            if (status == LineStatus.Malformed) return Refuse(400, "bare CR or LF, or a control character");
            if ((status == LineStatus.Incomplete ? received.Length : _lines.Position) > limits.HeadBytes) return RefuseTooLarge();
            if (status == LineStatus.Incomplete) return HeadStatus.Incomplete;
            if (!_sawRequestLine)
            {
                if (length > 0)
                {
                    if (!TryParseRequestLine(received, start, length)) return HeadStatus.Refused;
                }
                else if (_sawEmptyLine)
                {
                    return Refuse(400, "more than one empty line before the request");
                }

                _sawEmptyLine = true;
            }
            else if (length == 0)
            {
                Length = _lines.Position;
                return _fields.Settle(this, received) is { } refusal ? Refuse(refusal.Status, refusal.Reason) : HeadStatus.Complete;
            }
            else if (Headers.Count == limits.HeaderCount)
            {
                return Refuse(431, "too many header fields");
            }
            else if (!Headers.TryParseLine(received, start, length))
            {
                return Refuse(400, "malformed header field");
            }
        }
    }

    private bool TryParseRequestLine(ReadOnlySpan<byte> source, int start, int length)
    {
        _sawRequestLine = true;
        var line = source.Slice(start, length);
        var methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0 || !Grammar.IsToken(line[..methodEnd])) return Fails(400, "malformed method");
        MethodText = new Slice(start, methodEnd);
        Method = HttpMethods.Parse(line[..methodEnd]);
        var rest = line[(methodEnd + 1)..];
        var targetEnd = rest.IndexOf((byte)' ');
        if (targetEnd <= 0) return Fails(400, "malformed request line");
        if (!TryParseVersion(rest[(targetEnd + 1)..])) return false;
        if (HttpMethods.LooksForbidden(line[..methodEnd])) return Fails(405, "CONNECT and TRACE are not served");
        if (targetEnd > limits.TargetBytes) return Fails(414, "request target too long");
        return TryParseTarget(rest[..targetEnd], start + methodEnd + 1);
    }

    private bool TryParseVersion(ReadOnlySpan<byte> version)
    {
        if (version.SequenceEqual("HTTP/1.1"u8)) return true;
        IsHttp10 = version.SequenceEqual("HTTP/1.0"u8);
        if (IsHttp10) return true;
        var looksLikeOne = version.Length == 8 && version.StartsWith("HTTP/"u8) && char.IsAsciiDigit((char)version[5]) && version[6] == '.' && char.IsAsciiDigit((char)version[7]);
        return looksLikeOne && version[5] != '0' ? Fails(505, "HTTP version not supported") : Fails(400, "malformed HTTP version");
    }

    private bool TryParseTarget(ReadOnlySpan<byte> target, int start)
    {
        if (!Grammar.IsTarget(target)) return Fails(400, "illegal character in the request target");
        if (target[0] == '/' || (target.Length == 1 && target[0] == '*' && Method == HttpMethod.Options))
        {
            Target = new Slice(start, target.Length);
            return true;
        }

        var scheme = target.IndexOf("://"u8);
        if (scheme is not (4 or 5) || !(Ascii.EqualsIgnoreCase(target[..scheme], "http"u8) || Ascii.EqualsIgnoreCase(target[..scheme], "https"u8)))
            return Fails(400, "request target is neither a path nor an http URI");
        var authorityStart = scheme + 3;
        var authorityLength = target[authorityStart..].IndexOfAny("/?"u8);
        if (authorityLength < 0) authorityLength = target.Length - authorityStart;
        if (Grammar.HostLength(target.Slice(authorityStart, authorityLength)) <= 0) return Fails(400, "illegal authority in the request target");
        TargetAuthority = new Slice(start + authorityStart, authorityLength);
        var pathStart = authorityStart + authorityLength;
        // RFC 9112 3.2.1 wants a path; a query alone would need a slash that is not there.
        if (pathStart < target.Length && target[pathStart] == '?') return Fails(400, "request target without a path");
        Target = new Slice(start + pathStart, target.Length - pathStart);
        return true;
    }

    private HeadStatus RefuseTooLarge() => _sawRequestLine ? Refuse(431, "request head too large") : Refuse(414, "request line too long");

    private bool Fails(int status, string reason)
    {
        Refuse(status, reason);
        return false;
    }

    private HeadStatus Refuse(int status, string reason)
    {
        (RefusalStatus, RefusalReason) = (status, reason);
        return HeadStatus.Refused;
    }
}

/// <summary>A status to answer with and why.</summary>
internal readonly record struct Refusal(int Status, string Reason);
