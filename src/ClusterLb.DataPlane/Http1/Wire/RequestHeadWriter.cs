using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Emits a request head for a backend: our own request line, Host first, what is end to end, what we say of the client, our own framing.
/// Nothing of one hop is copied through (RFC 9110 section 7.6). Allocates nothing.
/// </summary>
internal static class RequestHeadWriter
{
    /// <summary>Never passed as received: of this hop, or emitted anew below.</summary>
    private static readonly ulong Withheld =
        KnownHeaders.Bit(KnownHeader.HopByHop) | KnownHeaders.Bit(KnownHeader.Lookalike) | KnownHeaders.Bit(KnownHeader.Connection)
        | KnownHeaders.Bit(KnownHeader.ContentLength) | KnownHeaders.Bit(KnownHeader.Expect) | KnownHeaders.Bit(KnownHeader.Host)
        | KnownHeaders.Bit(KnownHeader.Http2Settings) | KnownHeaders.Bit(KnownHeader.KeepAlive)
        | KnownHeaders.Bit(KnownHeader.ProxyAuthenticate) | KnownHeaders.Bit(KnownHeader.ProxyAuthenticationInfo)
        | KnownHeaders.Bit(KnownHeader.ProxyAuthorization) | KnownHeaders.Bit(KnownHeader.ProxyConnection)
        | KnownHeaders.Bit(KnownHeader.Te)
        | KnownHeaders.Bit(KnownHeader.Trailer) | KnownHeaders.Bit(KnownHeader.TransferEncoding) | KnownHeaders.Bit(KnownHeader.Upgrade)
        | ForwardingWriter.Written;

    /// <summary>What only a trusted client may say.</summary>
    private static readonly ulong Claims = KnownHeaders.Bit(KnownHeader.XForwardedOther);

    /// <summary>Bytes written, or -1 when the destination is too small.</summary>
    /// <param name="upgrade">The protocol among the client's offers to pass on, as we spell it; empty = none.</param>
    public static int Write(Span<byte> destination, Request request, Forwarding forwarding, ReadOnlySpan<byte> upgrade)
    {
        var writer = new WireWriter(destination);
        WriteRequestLine(ref writer, request);
        writer.Write(" HTTP/1.1\r\nHost: "u8);
        var start = writer.Position;
        WriteAuthority(ref writer, request, forwarding);
        var authority = writer.WrittenSince(start);
        writer.Write("\r\n"u8);
        EndToEndHeaders.Write(ref writer, request.Headers, WithheldFrom(request, forwarding));
        if (forwarding.StrippedCookie.Length > 0 && request.Headers.Has(KnownHeader.Cookie))
            WriteCookies(ref writer, request, forwarding);
        ForwardingWriter.Write(ref writer, request.Headers, authority, forwarding);
        if (forwarding.Via is { } via) WriteVia(ref writer, request, via);
        if (request.MaxForwards >= 0) WriteMaxForwards(ref writer, request.MaxForwards);
        if (request.ExpectsContinue) writer.Write("Expect: 100-continue\r\n"u8);
        Framings.Write(ref writer, request.Body);
        if (!upgrade.IsEmpty) Framings.WriteUpgrade(ref writer, upgrade);
        else if (request.AcceptsTrailers) writer.Write("TE: trailers\r\nConnection: TE\r\n"u8);
        writer.Write("\r\n"u8);
        return writer.Result;
    }

    private static void WriteRequestLine(ref WireWriter writer, Request request)
    {
        writer.Write(request.MethodText);
        writer.Write(request.Target.Prefix switch
        {
            RequestTargetPrefix.Slash => " /"u8,
            RequestTargetPrefix.Asterisk => " *"u8,
            _ => " "u8,
        });
        writer.Write(request.Target.Text.Of(request.Headers.Bytes));
    }

    /// <summary>Of the client's bytes host and port alone: no blank, no dot at the end, no colon without a port.</summary>
    private static void WriteAuthority(ref WireWriter writer, Request request, Forwarding forwarding)
    {
        if (request.Authority.IsMissing)
        {
            writer.Write(forwarding.DefaultAuthority);
            return;
        }

        writer.Write(request.Host);
        writer.Write(request.Port);
    }

    private static ulong WithheldFrom(Request request, Forwarding forwarding)
    {
        var withheld = forwarding.TrustsClient ? Withheld : Withheld | Claims;
        if (forwarding.Via is not null) withheld |= KnownHeaders.Bit(KnownHeader.Via);
        if (forwarding.StrippedCookie.Length > 0) withheld |= KnownHeaders.Bit(KnownHeader.Cookie);
        if (request.MaxForwards >= 0) withheld |= KnownHeaders.Bit(KnownHeader.MaxForwards);
        return withheld;
    }

    /// <summary>All cookies but ours, in their lines; a line that held only ours is none.</summary>
    private static void WriteCookies(ref WireWriter writer, Request request, Forwarding forwarding)
    {
        foreach (ref readonly var entry in request.Headers.Entries)
        {
            if (entry.Known != KnownHeader.Cookie) continue;
            var isFirst = true;
            foreach (var pair in new CookiePairs(entry.Value.Of(request.Headers.Bytes)))
            {
                if (CookiePairs.IsNamed(pair, forwarding.StrippedCookie)) continue;
                writer.Write(isFirst ? "Cookie: "u8 : "; "u8);
                writer.Write(pair);
                isFirst = false;
            }

            if (!isFirst) writer.Write("\r\n"u8);
        }
    }

    /// <summary>Behind the others, without their comments (RFC 9110 section 7.6.3), in which ours could be lost.</summary>
    private static void WriteVia(ref WireWriter writer, Request request, ViaElement via)
    {
        if (!request.IsHttp10 && !request.Headers.Has(KnownHeader.Via))
        {
            writer.Write(via.Line);
            return;
        }

        writer.Write("Via: "u8);
        foreach (var element in new ViaElements(request.Headers))
        {
            writer.Write(element);
            writer.Write(", "u8);
        }

        writer.Write(request.IsHttp10 ? "1.0 "u8 : "1.1 "u8);
        writer.Write(via.Pseudonym);
        writer.Write("\r\n"u8);
    }

    private static void WriteMaxForwards(ref WireWriter writer, int received)
    {
        writer.Write("Max-Forwards: "u8);
        writer.WriteDecimal(Math.Max(received - 1, 0));
        writer.Write("\r\n"u8);
    }
}
