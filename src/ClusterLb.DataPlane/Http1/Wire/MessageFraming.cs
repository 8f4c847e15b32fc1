using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Gathers what a head says of its body and refuses whatever two parsers could read in two ways (RFC 9112 sections 6.1 to 6.3, stricter:
/// a Content-Length beside a Transfer-Encoding is refused, not overruled).
/// </summary>
internal struct MessageFraming()
{
    private static readonly ulong Framing = KnownHeaders.Bit(KnownHeader.ContentLength) | KnownHeaders.Bit(KnownHeader.TransferEncoding);

    /// <summary>Bytes the head declares; -1 = it declares none.</summary>
    public long Length { get; private set; } = -1;

    public bool IsChunked { get; private set; }

    /// <summary>Reads every framing header of a head; null, or why it is refused.</summary>
    public string? Read(ReadOnlySpan<byte> bytes, HeaderTable headers)
    {
        if (!headers.HasAny(Framing)) return null;
        foreach (ref readonly var entry in headers.Entries)
        {
            var refusal = entry.Known switch
            {
                KnownHeader.ContentLength => AddLength(bytes, entry.Value),
                KnownHeader.TransferEncoding => AddEncoding(bytes, entry),
                _ => null,
            };
            if (refusal is not null) return refusal;
        }

        return IsChunked && Length >= 0 ? Reasons.LengthAndEncoding : null;
    }

    /// <summary>A list of one and the same number is that number (RFC 9110 section 8.6).</summary>
    private string? AddLength(ReadOnlySpan<byte> bytes, Slice value)
    {
        foreach (var element in new ListElements(bytes, value))
        {
            var length = Grammar.ParseDecimal(element.Of(bytes));
            if (length < 0) return Reasons.LengthInvalid;
            if (Length >= 0 && Length != length) return Reasons.LengthConflict;
            Length = length;
        }

        return null;
    }

    private string? AddEncoding(ReadOnlySpan<byte> bytes, in HeaderEntry entry)
    {
        if (IsChunked || HasTabs(bytes, entry)) return Reasons.EncodingInvalid;
        var value = entry.Value.Of(bytes);
        if (Grammar.EqualsIgnoreCase(value, "chunked"u8))
        {
            IsChunked = true;
            return null;
        }

        return EndsChunkedOnce(bytes, entry.Value) ? Reasons.EncodingUnknown : Reasons.EncodingInvalid;
    }

    /// <summary>Optional whitespace may be a tab, but parsers that trim only spaces would not see <c>chunked</c> then.</summary>
    private static bool HasTabs(ReadOnlySpan<byte> bytes, in HeaderEntry entry)
    {
        var rest = bytes[entry.Name.End..];
        return rest[..rest.IndexOf((byte)'\r')].Contains((byte)'\t');
    }

    /// <summary>True for a well-formed list of codings of which only the last is <c>chunked</c>: legal, but not spoken here.</summary>
    private static bool EndsChunkedOnce(ReadOnlySpan<byte> bytes, Slice value)
    {
        var chunked = false;
        foreach (var element in new ListElements(bytes, value))
        {
            var coding = element.Of(bytes);
            if (chunked || !Grammar.IsToken(coding)) return false;
            chunked = Grammar.EqualsIgnoreCase(coding, "chunked"u8);
        }

        return chunked;
    }
}
