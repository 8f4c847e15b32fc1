namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>
/// Writes where a request came from, for backends: <c>X-Forwarded-*</c> and <c>Forwarded</c> (RFC 7239). What a trusted proxy says in one family is said in the other, too
/// (section 7.4), and each list gets this hop added at its end. Allocates nothing.
/// </summary>
internal static class ForwardingWriter
{
    /// <summary>What the writer says itself, whoever the client is.</summary>
    public static readonly ulong Written =
        KnownHeaders.Bit(KnownHeader.Forwarded) | KnownHeaders.Bit(KnownHeader.XForwardedFor) | KnownHeaders.Bit(KnownHeader.XForwardedHost)
        | KnownHeaders.Bit(KnownHeader.XForwardedProto);

    /// <param name="writer">Where to.</param>
    /// <param name="received">The buffer the headers were parsed from.</param>
    /// <param name="headers">Of the request.</param>
    /// <param name="authority">That the request is for, as it is sent in <c>Host</c>.</param>
    /// <param name="forwarding">Of the client's connection.</param>
    public static void Write(ref WireWriter writer, ReadOnlySpan<byte> received, HeaderTable headers, ReadOnlySpan<byte> authority, Forwarding forwarding)
    {
        if (!forwarding.TrustsClient)
        {
            writer.Write(forwarding.Claims);
            writer.Write(authority);
            writer.Write("\r\n"u8);
            if (!forwarding.SendsForwarded) return;
            writer.Write("Forwarded: "u8);
            WriteOwn(ref writer, forwarding.Scheme, authority, forwarding);
            return;
        }

        var origin = ForwardedOrigin.Read(headers, received, forwarding.Scheme, authority);
        WriteAddresses(ref writer, received, headers, forwarding);
        WriteFirst(ref writer, received, headers, KnownHeader.XForwardedProto, "X-Forwarded-Proto: "u8, origin.Scheme);
        WriteFirst(ref writer, received, headers, KnownHeader.XForwardedHost, "X-Forwarded-Host: "u8, origin.Host);
        if (forwarding.SendsForwarded || headers.Has(KnownHeader.Forwarded)) WriteForwarded(ref writer, received, headers, origin, authority, forwarding);
    }

    private static void WriteAddresses(ref WireWriter writer, ReadOnlySpan<byte> received, HeaderTable headers, Forwarding forwarding)
    {
        writer.Write("X-Forwarded-For: "u8);
        if (headers.Has(KnownHeader.XForwardedFor)) EndToEndHeaders.WriteJoined(ref writer, received, headers, KnownHeader.XForwardedFor);
        else WriteForwardedAddresses(ref writer, received, headers);
        writer.Write(forwarding.ClientAddress);
        writer.Write("\r\n"u8);
    }

    private static void WriteForwardedAddresses(ref WireWriter writer, ReadOnlySpan<byte> received, HeaderTable headers)
    {
        foreach (var element in new ForwardedElements(headers, received))
        {
            if (element.For.IsEmpty) continue;
            var address = ForwardedNode.AddressOf(element.For, out _);
            writer.Write(address.IsEmpty ? "unknown"u8 : address);
            writer.Write(", "u8);
        }
    }

    /// <summary>The list as it came, for its first element is what counts and has been read; what nobody said is said now.</summary>
    private static void WriteFirst(ref WireWriter writer, ReadOnlySpan<byte> received, HeaderTable headers, KnownHeader known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        writer.Write(name);
        if (!headers.Has(known))
        {
            writer.Write(value);
        }
        else
        {
            var isFirst = true;
            foreach (ref readonly var entry in headers.Entries)
            {
                if (entry.Known != known || entry.Value.IsEmpty) continue;
                if (!isFirst) writer.Write(", "u8);
                writer.Write(entry.Value.Of(received));
                isFirst = false;
            }

            if (isFirst) writer.Write(value);
        }

        writer.Write("\r\n"u8);
    }

    private static void WriteForwarded(
        ref WireWriter writer, ReadOnlySpan<byte> received, HeaderTable headers, in ForwardedOrigin origin, ReadOnlySpan<byte> authority, Forwarding forwarding)
    {
        writer.Write("Forwarded: "u8);
        var isFirst = !headers.Has(KnownHeader.Forwarded);
        if (isFirst) WriteConverted(ref writer, received, headers, origin, ref isFirst);
        else EndToEndHeaders.WriteJoined(ref writer, received, headers, KnownHeader.Forwarded);
        WriteOwn(ref writer, isFirst ? origin.Scheme : forwarding.Scheme, isFirst ? origin.Host : authority, forwarding);
    }

    /// <summary>The addresses of <c>X-Forwarded-For</c> as elements; scheme and host are those that the first client used.</summary>
    private static void WriteConverted(ref WireWriter writer, ReadOnlySpan<byte> received, HeaderTable headers, in ForwardedOrigin origin, ref bool isFirst)
    {
        if (!headers.Has(KnownHeader.XForwardedFor)) return;
        foreach (ref readonly var entry in headers.Entries)
        {
            if (entry.Known != KnownHeader.XForwardedFor) continue;
            foreach (var element in new ListElements(received, entry.Value))
            {
                if (element.IsEmpty) continue;
                WriteNode(ref writer, element.Of(received));
                if (isFirst) WriteOrigin(ref writer, origin.Scheme, origin.Host);
                isFirst = false;
                writer.Write(", "u8);
            }
        }
    }

    private static void WriteNode(ref WireWriter writer, ReadOnlySpan<byte> sent)
    {
        var address = ForwardedNode.AddressOf(sent, out var isIPv6);
        writer.Write(isIPv6 ? "for=\"["u8 : "for="u8);
        writer.Write(address.IsEmpty ? "unknown"u8 : address);
        if (isIPv6) writer.Write("]\""u8);
    }

    private static void WriteOwn(ref WireWriter writer, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority, Forwarding forwarding)
    {
        writer.Write(forwarding.ClientIsIPv6 ? "for=\"["u8 : "for="u8);
        writer.Write(forwarding.ClientAddress);
        if (forwarding.ClientIsIPv6) writer.Write("]\""u8);
        WriteOrigin(ref writer, scheme, authority);
        writer.Write("\r\n"u8);
    }

    /// <summary>A valid authority holds neither quote nor backslash, so it may be quoted as it is.</summary>
    private static void WriteOrigin(ref WireWriter writer, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority)
    {
        writer.Write(";proto="u8);
        writer.Write(scheme);
        writer.Write(";host=\""u8);
        writer.Write(authority);
        writer.Write("\""u8);
    }
}
