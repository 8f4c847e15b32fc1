using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Content-Length and Transfer-Encoding of one message, and the one reading of them that nobody can read otherwise (RFC 9112, 6).</summary>
internal ref struct FramingFields
{
    private const long Absent = -2;
    private const long Malformed = -1;

    private long _length;
    private int _encodings;
    private bool _sawLength;
    private ReadOnlySpan<byte> _encoding;

    /// <summary>A list of the same value over and over counts as that value (RFC 9110, 8.6); anything else is malformed.</summary>
    public void AddContentLength(ReadOnlySpan<byte> value)
    {
        var previous = _sawLength ? _length : Absent;
        _sawLength = true;
        if (value.IsEmpty || value[^1] == ',') previous = Malformed;
        _length = previous;
        while (Grammar.NextElement(ref value, out var element))
        {
            var length = Grammar.ParseLength(element);
            _length = _length == Absent || _length == length ? length : Malformed;
            if (_length == Malformed) return;
        }
    }

    public void AddTransferEncoding(ReadOnlySpan<byte> value)
    {
        _encodings++;
        _encoding = value;
    }

    /// <summary>Null and the framing when it is unambiguous.</summary>
    public readonly Refusal? Settle(bool isHttp10, out BodyFraming framing)
    {
        framing = BodyFraming.None;
        if (_encodings > 0)
        {
            if (_sawLength) return new Refusal(400, "both Transfer-Encoding and Content-Length");
            if (isHttp10) return new Refusal(400, "Transfer-Encoding in HTTP/1.0");
            if (_encodings > 1) return new Refusal(400, "more than one Transfer-Encoding");
            if (!Ascii.EqualsIgnoreCase(_encoding, "chunked"u8)) return RefuseEncoding();
            framing = BodyFraming.Chunked;
            return null;
        }

        if (!_sawLength) return null;
        if (_length < 0) return new Refusal(400, "malformed Content-Length");
        framing = BodyFraming.OfLength(_length);
        return null;
    }

    /// <summary>501 for a coding that is merely not known here; 400 when even the end of the body would be a guess.</summary>
    private readonly Refusal RefuseEncoding()
    {
        var list = _encoding;
        var endsChunked = false;
        var known = true;
        while (Grammar.NextElement(ref list, out var coding))
        {
            endsChunked = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            known &= (endsChunked && list.IsEmpty) || IsRegistered(coding);
        }

        return known && endsChunked ? new Refusal(501, "transfer coding not supported") : new Refusal(400, "Transfer-Encoding is not chunked");
    }

    private static bool IsRegistered(ReadOnlySpan<byte> coding) =>
        Ascii.EqualsIgnoreCase(coding, "gzip"u8) || Ascii.EqualsIgnoreCase(coding, "deflate"u8) || Ascii.EqualsIgnoreCase(coding, "compress"u8);
}
