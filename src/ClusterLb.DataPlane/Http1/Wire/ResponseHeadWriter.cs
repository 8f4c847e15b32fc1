using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Emits a response head, final or interim, for a client: our own status line, framing and connection headers. Allocates nothing.
/// </summary>
internal static class ResponseHeadWriter
{
    private static readonly ulong Withheld =
        KnownHeaders.Bit(KnownHeader.HopByHop) | KnownHeaders.Bit(KnownHeader.Lookalike) | KnownHeaders.Bit(KnownHeader.Connection)
        | KnownHeaders.Bit(KnownHeader.ContentLength) | KnownHeaders.Bit(KnownHeader.Http2Settings)
        | KnownHeaders.Bit(KnownHeader.KeepAlive)
        | KnownHeaders.Bit(KnownHeader.ProxyAuthenticate) | KnownHeaders.Bit(KnownHeader.ProxyAuthenticationInfo)
        | KnownHeaders.Bit(KnownHeader.ProxyConnection) | KnownHeaders.Bit(KnownHeader.Te) | KnownHeaders.Bit(KnownHeader.TransferEncoding)
        | KnownHeaders.Bit(KnownHeader.Upgrade);

    private static readonly ulong Caching =
        KnownHeaders.Bit(KnownHeader.CacheControl) | KnownHeaders.Bit(KnownHeader.Expires)
        | KnownHeaders.Bit(KnownHeader.TargetedCacheControl);

    /// <summary>Bytes written, or -1 when the destination is too small.</summary>
    /// <param name="form">How it goes on.</param>
    /// <param name="date">A whole line for a final response without one; empty = none.</param>
    public static int Write(Span<byte> destination, Response response, in ResponseForm form, ReadOnlySpan<byte> date = default)
    {
        var writer = new WireWriter(destination);
        writer.Write("HTTP/1.1 "u8);
        writer.WriteDecimal(response.Status);
        writer.Write(" "u8);
        writer.Write(response.Reason);
        writer.Write("\r\n"u8);
        EndToEndHeaders.Write(ref writer, response.Headers, WithheldFrom(in form));
        if (form.Edits.IsPrivate) writer.Write("Cache-Control: private\r\n"u8);
        if (!response.Headers.Has(KnownHeader.Date)) writer.Write(date);
        writer.Write(form.Edits.SetCookie.Span);
        if (!response.IsInterim) WriteFraming(ref writer, response, in form);
        writer.Write("\r\n"u8);
        return writer.Result;
    }

    private static ulong WithheldFrom(in ResponseForm form)
    {
        var withheld = form.PassTrailers ? Withheld : Withheld | KnownHeaders.Bit(KnownHeader.Trailer);
        return form.Edits.IsPrivate ? withheld | Caching : withheld;
    }

    private static void WriteFraming(ref WireWriter writer, Response response, in ResponseForm form)
    {
        if (!form.Edits.Upgrade.IsEmpty)
        {
            Framings.WriteUpgrade(ref writer, form.Edits.Upgrade.Span);
            return;
        }

        // RFC 9110 section 15.5.22: a 426 must say what to upgrade to.
        if (response.Status == 426) Framings.WriteUpgrade(ref writer, response.UpgradeProtocol);
        if (response.DescribedLength >= 0) Framings.WriteLength(ref writer, response.DescribedLength);
        else Framings.Write(ref writer, form.Body);
        if (form.Close) writer.Write("Connection: close\r\n"u8);
        else if (form.ToHttp10) writer.Write("Connection: keep-alive\r\n"u8);
    }
}
