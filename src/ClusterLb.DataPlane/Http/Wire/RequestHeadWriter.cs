namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Emits a request head for a backend: our own version and framing, end-to-end fields in their order, forwarding fields as trust allows.</summary>
internal static class RequestHeadWriter
{
    /// <summary>The bytes written, or -1 when they do not fit.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> source, RequestHead head, Forwarding forwarding, bool upgrade)
    {
        var buffer = new HeadBuffer(destination);
        buffer.Append(head.MethodText.Of(source));
        buffer.Append(" "u8);
        buffer.Append(head.TargetOf(source));
        buffer.Append(" HTTP/1.1\r\n"u8);
        // RFC 9110 7.2 wants it first; an HTTP/1.0 request without one gets an empty one.
        buffer.AppendField("Host"u8, head.Authority.Of(source));
        foreach (ref readonly var field in head.Headers.Fields)
        {
            if (!field.IsForThisHop && PassesThrough(field.Known, forwarding)) buffer.AppendField(source, field);
        }

        WriteForwarding(ref buffer, source, head, forwarding);
        WriteHop(ref buffer, source, head, upgrade);
        WriteFraming(ref buffer, head.Body);
        buffer.Append("\r\n"u8);
        return buffer.Overflowed ? -1 : buffer.Length;
    }

    private static bool PassesThrough(KnownHeader known, Forwarding forwarding) => known switch
    {
        KnownHeader.None or KnownHeader.Cookie or KnownHeader.Authorization => true,
        // Appended to when this proxy writes its own; else a trusted client's passes and a stranger's does not.
        KnownHeader.Forwarded => forwarding.TrustsClient && !forwarding.SendsForwarded,
        _ => false,
    };

    private static void WriteForwarding(ref HeadBuffer buffer, ReadOnlySpan<byte> source, RequestHead head, Forwarding forwarding)
    {
        buffer.Append("X-Forwarded-For: "u8);
        if (forwarding.TrustsClient) AppendAll(ref buffer, source, head, KnownHeader.XForwardedFor);
        buffer.Append(forwarding.ClientAddress);
        buffer.Append("\r\nX-Forwarded-Proto: "u8);
        buffer.Append(forwarding.TrustsClient && head.Headers.TryGet(KnownHeader.XForwardedProto, out var proto) ? proto.Of(source) : "http"u8);
        var host = forwarding.TrustsClient && head.Headers.TryGet(KnownHeader.XForwardedHost, out var named) ? named : head.Authority;
        if (!host.IsEmpty)
        {
            buffer.Append("\r\nX-Forwarded-Host: "u8);
            buffer.Append(host.Of(source));
        }

        if (forwarding.SendsForwarded) WriteForwarded(ref buffer, source, head, forwarding);
        buffer.Append("\r\nVia: "u8);
        AppendAll(ref buffer, source, head, KnownHeader.Via);
        buffer.Append(head.IsHttp10 ? "1.0 "u8 : "1.1 "u8);
        buffer.Append(forwarding.ViaToken);
        buffer.Append("\r\n"u8);
    }

    private static void WriteForwarded(ref HeadBuffer buffer, ReadOnlySpan<byte> source, RequestHead head, Forwarding forwarding)
    {
        buffer.Append("\r\nForwarded: "u8);
        if (forwarding.TrustsClient) AppendAll(ref buffer, source, head, KnownHeader.Forwarded);
        buffer.Append("for="u8);
        // RFC 7239 6: an IPv6 address stands in brackets and quotes.
        if (forwarding.ClientIsIPv6) buffer.Append("\"["u8);
        buffer.Append(forwarding.ClientAddress);
        if (forwarding.ClientIsIPv6) buffer.Append("]\""u8);
        buffer.Append(";proto=http"u8);
        if (head.Authority.IsEmpty) return;
        buffer.Append(";host=\""u8);
        buffer.Append(head.Authority.Of(source));
        buffer.Append("\""u8);
    }

    private static void AppendAll(ref HeadBuffer buffer, ReadOnlySpan<byte> source, RequestHead head, KnownHeader known)
    {
        foreach (ref readonly var field in head.Headers.Fields)
        {
            if (field.Known != known || field.Value.IsEmpty) continue;
            buffer.Append(field.Value.Of(source));
            buffer.Append(", "u8);
        }
    }

    private static void WriteHop(ref HeadBuffer buffer, ReadOnlySpan<byte> source, RequestHead head, bool upgrade)
    {
        if (head.ExpectsContinue) buffer.Append("Expect: 100-continue\r\n"u8);
        if (head.MaxForwards > 0)
        {
            buffer.Append("Max-Forwards: "u8);
            buffer.Append(head.MaxForwards - 1);
            buffer.Append("\r\n"u8);
        }

        if (upgrade)
        {
            buffer.AppendField("Upgrade"u8, head.UpgradeProtocol.Of(source));
            buffer.Append("Connection: Upgrade\r\n"u8);
        }
        else if (head.AcceptsTrailers)
        {
            buffer.Append("TE: trailers\r\nConnection: TE\r\n"u8);
        }
    }

    private static void WriteFraming(ref HeadBuffer buffer, BodyFraming body)
    {
        if (body.Kind == BodyKind.Chunked) buffer.Append("Transfer-Encoding: chunked\r\n"u8);
        if (body.Kind != BodyKind.Length) return;
        buffer.Append("Content-Length: "u8);
        buffer.Append(body.Length);
        buffer.Append("\r\n"u8);
    }
}
