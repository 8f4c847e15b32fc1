using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>The head of one response, held to the same rules as a request's: a backend that can be made to send a second response inside a first is an attack too.</summary>
internal sealed class ResponseHead
{
    private LineReader _lines;
    private bool _sawStatusLine;
    private bool _close;
    private bool _keepAlive;

    public int Length { get; private set; }

    public int Status { get; private set; }

    public bool IsHttp10 { get; private set; }

    public Slice Reason { get; private set; }

    public HeaderTable Headers { get; } = new();

    public string RefusalReason { get; private set; } = "";

    /// <summary>The backend's connection may carry another request after the body.</summary>
    public bool KeepAlive { get; private set; }

    public BodyFraming Body { get; private set; }

    /// <summary>A length that describes a body which is not sent: of HEAD and 304; -1 = none.</summary>
    public long DescribedLength { get; private set; }

    /// <summary>1xx but 101: another head follows.</summary>
    public bool IsInterim => Status is < 200 and not 101;

    public void Reset()
    {
        _lines = default;
        _sawStatusLine = _close = _keepAlive = false;
        Length = Status = 0;
        IsHttp10 = KeepAlive = false;
        Reason = default;
        RefusalReason = "";
        Body = BodyFraming.None;
        DescribedLength = -1;
        Headers.Clear();
    }

    public HeadStatus Parse(ReadOnlySpan<byte> received, HttpMethod requestMethod)
    {
        while (true)
        {
            var status = _lines.Next(received, out var start, out var length);
            if (status == LineStatus.Malformed) return Refuse("bare CR or LF, or a control character");
            if (status == LineStatus.Incomplete) return HeadStatus.Incomplete;
            if (!_sawStatusLine)
            {
                if (!TryParseStatusLine(received, start, length)) return Refuse("malformed status line");
            }
            else if (length == 0)
            {
                Length = _lines.Position;
                return Settle(received, requestMethod) is { } refusal ? Refuse(refusal.Reason) : HeadStatus.Complete;
            }
            else if (!Headers.TryParseLine(received, start, length))
            {
                return Refuse("malformed header field");
            }
        }
    }

    private bool TryParseStatusLine(ReadOnlySpan<byte> source, int start, int length)
    {
        _sawStatusLine = true;
        var line = source.Slice(start, length);
        IsHttp10 = line.StartsWith("HTTP/1.0 "u8);
        if (!IsHttp10 && !line.StartsWith("HTTP/1.1 "u8)) return false;
        if (length < 12 || (length > 12 && line[12] != ' ')) return false;
        var status = Grammar.ParseLength(line.Slice(9, 3));
        if (status is < 100 or > 599) return false;
        Status = (int)status;
        Reason = length > 13 ? new Slice(start + 13, length - 13) : default;
        return Grammar.IsFieldValue(Reason.Of(source));
    }

    private Refusal? Settle(ReadOnlySpan<byte> source, HttpMethod requestMethod)
    {
        var framing = new FramingFields();
        var sawFraming = false;
        foreach (ref readonly var field in Headers.Fields)
        {
            switch (field.Known)
            {
                case KnownHeader.ContentLength:
                    framing.AddContentLength(field.Value.Of(source));
                    sawFraming = true;
                    break;
                case KnownHeader.TransferEncoding:
                    framing.AddTransferEncoding(field.Value.Of(source));
                    sawFraming = true;
                    break;
                case KnownHeader.Connection:
                    ReadConnection(source, field.Value.Of(source));
                    break;
            }
        }

        if (framing.Settle(IsHttp10, out var described) is { } refusal) return refusal;
        var hasNoBody = requestMethod == HttpMethod.Head || Status is < 200 or 204 or 304;
        Body = hasNoBody ? BodyFraming.None : sawFraming ? described : BodyFraming.UntilClose;
        var describes = Status is >= 200 and not 204 && described.Kind == BodyKind.Length;
        DescribedLength = hasNoBody && describes ? described.Length : -1;
        KeepAlive = (IsHttp10 ? _keepAlive && !_close : !_close) && Body.Kind != BodyKind.UntilClose;
        return null;
    }

    private void ReadConnection(ReadOnlySpan<byte> source, ReadOnlySpan<byte> value)
    {
        while (Grammar.NextElement(ref value, out var option))
        {
            if (Ascii.EqualsIgnoreCase(option, "close"u8)) _close = true;
            else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8)) _keepAlive = true;
            else if (!Ascii.EqualsIgnoreCase(option, "upgrade"u8)) Headers.MarkForThisHop(source, option);
        }
    }

    private HeadStatus Refuse(string reason)
    {
        RefusalReason = reason;
        return HeadStatus.Refused;
    }
}
