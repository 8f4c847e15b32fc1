using System.Buffers;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// The request target (RFC 9112 section 3.2) as it goes upstream: origin-form or <c>*</c>. Routing reads the very bytes that are sent.
/// Authority-form belongs to CONNECT, which is refused before.
/// </summary>
internal readonly struct RequestTarget
{
    private RequestTarget(Slice text, Slice path, RequestTargetPrefix prefix, Authority authority, int defaultPort)
    {
        Text = text;
        Path = path;
        Prefix = prefix;
        Authority = authority;
        DefaultPort = defaultPort;
    }

    /// <summary>What was received of what goes upstream.</summary>
    public Slice Text { get; }

    /// <summary><see cref="Text"/> up to the query; with a <see cref="Prefix"/>, whatever stands in for <c>/</c>.</summary>
    public Slice Path { get; }

    /// <summary>What goes before <see cref="Text"/>: an absolute-form target may leave its path out.</summary>
    public RequestTargetPrefix Prefix { get; }

    /// <summary>Of an absolute-form target, else missing.</summary>
    public Authority Authority { get; }

    /// <summary>Of the scheme of an absolute-form target.</summary>
    public int DefaultPort { get; }

    public static bool TryParse(ReadOnlySpan<byte> bytes, Slice text, HttpMethod method, out RequestTarget target)
    {
        target = default;
        var span = text.Of(bytes);
        if (span.IsEmpty || span.ContainsAnyExcept(Grammar.Target)) return false;
        if (span[0] == '/')
        {
            target = new RequestTarget(text, PathOf(bytes, text), RequestTargetPrefix.None, default, 0);
            return true;
        }

        if (span.Length == 1 && span[0] == '*')
        {
            target = new RequestTarget(text, text, RequestTargetPrefix.None, default, 0);
            return method == HttpMethod.Options;
        }

        return TryParseAbsolute(bytes, text, method, out target);
    }

    /// <summary>
    /// Gives the path its form, in the buffer; what it is shorter by goes before it, so that the query stays where it is.
    /// </summary>
    /// <returns>Null, or why the request is refused.</returns>
    public string? Reform(Span<byte> bytes, PathRules rules, out RequestTarget target)
    {
        target = this;
        var path = bytes.Slice(Path.Start, Path.Length);
        if (Prefix != RequestTargetPrefix.None || path[0] != '/') return null;
        if (rules.IsInForm(path)) return null;
        // The log shows what is refused as it came.
        var received = ArrayPool<byte>.Shared.Rent(path.Length);
        path.CopyTo(received);
        var refusal = rules.Apply(path, out var length);
        if (refusal is not null) received.AsSpan(0, path.Length).CopyTo(path);
        ArrayPool<byte>.Shared.Return(received);
        if (refusal is not null || length == path.Length) return refusal;
        path[..length].CopyTo(path[^length..]);
        var start = Path.End - length;
        target = new RequestTarget(Slice.Between(start, Text.End), Slice.Between(start, Path.End), Prefix, Authority, DefaultPort);
        return null;
    }

    private static bool TryParseAbsolute(ReadOnlySpan<byte> bytes, Slice text, HttpMethod method, out RequestTarget target)
    {
        target = default;
        var span = text.Of(bytes);
        var isHttps = Grammar.StartsWithIgnoreCase(span, "https://"u8);
        if (!isHttps && !Grammar.StartsWithIgnoreCase(span, "http://"u8)) return false;
        var defaultPort = isHttps ? 443 : 80;
        var start = text.Start + (isHttps ? "https://".Length : "http://".Length);
        var length = bytes[start..text.End].IndexOfAny((byte)'/', (byte)'?');
        var rest = Slice.Between(length < 0 ? text.End : start + length, text.End);
        if (!Authority.TryParse(bytes, Slice.Between(start, rest.Start), out var authority)) return false;
        if (!rest.IsEmpty && bytes[rest.Start] == '/')
        {
            target = new RequestTarget(rest, PathOf(bytes, rest), RequestTargetPrefix.None, authority, defaultPort);
            return true;
        }

        // The path is empty, that is "/": the last byte of "http://" stands for it. OPTIONS without a query then means the whole server.
        var slash = new Slice(start - 1, 1);
        var prefix = rest.IsEmpty && method == HttpMethod.Options ? RequestTargetPrefix.Asterisk : RequestTargetPrefix.Slash;
        target = new RequestTarget(rest, slash, prefix, authority, defaultPort);
        return true;
    }

    private static Slice PathOf(ReadOnlySpan<byte> bytes, Slice text)
    {
        var length = text.Of(bytes).IndexOf((byte)'?');
        return length < 0 ? text : new Slice(text.Start, length);
    }
}

internal enum RequestTargetPrefix
{
    None,
    Slash,
    Asterisk,
}
