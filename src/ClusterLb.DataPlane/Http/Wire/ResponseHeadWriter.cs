namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>How a response goes to the client.</summary>
/// <param name="Body">The framing we emit, which need not be the backend's.</param>
/// <param name="Close">This response is the connection's last.</param>
/// <param name="ToHttp10">The client speaks HTTP/1.0, where staying open must be said.</param>
/// <param name="Upgrade">101: the connection changes its protocol.</param>
internal readonly record struct ResponseForm(BodyFraming Body, bool Close, bool ToHttp10, bool Upgrade);

/// <summary>Emits a response head for a client: our own version, framing and connection options, end-to-end fields in their order.</summary>
internal static class ResponseHeadWriter
{
    /// <summary>The bytes written, or -1 when they do not fit.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> source, ResponseHead head, in ResponseForm form)
    {
        var buffer = new HeadBuffer(destination);
        buffer.Append("HTTP/1.1 "u8);
        buffer.Append(head.Status);
        buffer.Append(" "u8);
        buffer.Append(head.Reason.Of(source));
        buffer.Append("\r\n"u8);
        foreach (ref readonly var field in head.Headers.Fields)
        {
            if (!field.IsForThisHop && PassesThrough(field.Known, form.Upgrade)) buffer.AppendField(source, field);
        }

        WriteFraming(ref buffer, head, form.Body);
        if (form.Upgrade) buffer.Append("Connection: Upgrade\r\n"u8);
        else if (form.Close) buffer.Append("Connection: close\r\n"u8);
        else if (form.ToHttp10) buffer.Append("Connection: keep-alive\r\n"u8);
        buffer.Append("\r\n"u8);
        return buffer.Overflowed ? -1 : buffer.Length;
    }

    private static bool PassesThrough(KnownHeader known, bool upgrade) => known switch
    {
        KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.Te or KnownHeader.TransferEncoding
            or KnownHeader.ContentLength or KnownHeader.Http2Settings or KnownHeader.Lookalike => false,
        KnownHeader.Upgrade => upgrade,
        _ => true,
    };

    private static void WriteFraming(ref HeadBuffer buffer, ResponseHead head, BodyFraming body)
    {
        if (body.Kind == BodyKind.Chunked) buffer.Append("Transfer-Encoding: chunked\r\n"u8);
        var length = body.Kind == BodyKind.Length ? body.Length : head.DescribedLength;
        if (length < 0) return;
        buffer.Append("Content-Length: "u8);
        buffer.Append(length);
        buffer.Append("\r\n"u8);
    }
}
