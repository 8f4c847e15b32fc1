using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Reads the target of a request line (RFC 9112 section 3.2): origin-form, <c>*</c>, or absolute-form, which names the authority as well.
/// Authority-form belongs to CONNECT, which is refused before.
/// </summary>
internal struct TargetReader
{
    public RequestTarget Target { get; private set; }

    /// <summary>Of an absolute-form target, else missing.</summary>
    public Authority Authority { get; private set; }

    /// <summary>Of the scheme of an absolute-form target, else 0.</summary>
    public int DefaultPort { get; private set; }

    /// <param name="bytes">The buffer.</param>
    /// <param name="text">Without the blanks around it.</param>
    public bool TryRead(ReadOnlySpan<byte> bytes, Slice text, HttpMethod method)
    {
        var span = text.Of(bytes);
        if (span.IsEmpty || span.ContainsAnyExcept(Grammar.Target)) return false;
        if (span[0] == '/')
        {
            Target = RequestTarget.OfOrigin(bytes, text);
            return true;
        }

        if (span.Length != 1 || span[0] != '*') return TryReadAbsolute(bytes, text, method);
        Target = new RequestTarget(text, text, RequestTargetPrefix.None);
        return method == HttpMethod.Options;
    }

    private bool TryReadAbsolute(ReadOnlySpan<byte> bytes, Slice text, HttpMethod method)
    {
        var span = text.Of(bytes);
        var isHttps = Grammar.StartsWithIgnoreCase(span, "https://"u8);
        if (!isHttps && !Grammar.StartsWithIgnoreCase(span, "http://"u8)) return false;
        var start = text.Start + (isHttps ? "https://".Length : "http://".Length);
        var length = bytes[start..text.End].IndexOfAny((byte)'/', (byte)'?');
        var rest = Slice.Between(length < 0 ? text.End : start + length, text.End);
        if (!Authority.TryParse(bytes, Slice.Between(start, rest.Start), out var authority)) return false;
        (Authority, DefaultPort) = (authority, isHttps ? 443 : 80);
        if (!rest.IsEmpty && bytes[rest.Start] == '/')
        {
            Target = RequestTarget.OfOrigin(bytes, rest);
            return true;
        }

        // The path is empty, that is "/": the last byte of "http://" stands for it. OPTIONS without a query then means the whole server.
        var prefix = rest.IsEmpty && method == HttpMethod.Options ? RequestTargetPrefix.Asterisk : RequestTargetPrefix.Slash;
        Target = new RequestTarget(rest, new Slice(start - 1, 1), prefix);
        return true;
    }
}
