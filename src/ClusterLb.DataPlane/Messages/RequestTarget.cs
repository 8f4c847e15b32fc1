using System.Buffers;
using ClusterLb.Core.Routing;

namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// Path and query of a request as they go upstream: origin-form or <c>*</c> (RFC 9110 section 7.1). Routing reads the very bytes that are
/// sent.
/// </summary>
/// <param name="text">What was received of what goes upstream.</param>
/// <param name="path">The text up to the query; with a prefix, whatever stands in for <c>/</c>.</param>
/// <param name="prefix">What goes before the text: who names the whole URI may leave its path out.</param>
internal readonly struct RequestTarget(Slice text, Slice path, RequestTargetPrefix prefix)
{
    public Slice Text { get; } = text;

    public Slice Path { get; } = path;

    public RequestTargetPrefix Prefix { get; } = prefix;

    /// <summary>Of a target that begins with <c>/</c>.</summary>
    public static RequestTarget OfOrigin(ReadOnlySpan<byte> bytes, Slice text)
    {
        var length = text.Of(bytes).IndexOf((byte)'?');
        return new RequestTarget(text, length < 0 ? text : new Slice(text.Start, length), RequestTargetPrefix.None);
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
        target = new RequestTarget(Slice.Between(start, Text.End), Slice.Between(start, Path.End), Prefix);
        return null;
    }
}

internal enum RequestTargetPrefix
{
    None,
    Slash,
    Asterisk,
}
