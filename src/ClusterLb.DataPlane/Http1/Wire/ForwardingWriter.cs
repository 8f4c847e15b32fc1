using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Writes where a request came from, for backends: <c>X-Forwarded-*</c> and <c>Forwarded</c> (RFC 7239). What trusted proxies say is one
/// chain, which both families tell alike (section 7.4), with this hop at its end; of their bytes only what was understood is written.
/// Allocates nothing.
/// </summary>
internal static class ForwardingWriter
{
    /// <summary>What the writer says itself, whoever the client is.</summary>
    public static readonly ulong Written =
        KnownHeaders.Bit(KnownHeader.Forwarded) | KnownHeaders.Bit(KnownHeader.XForwardedFor) | KnownHeaders.Bit(KnownHeader.XForwardedHost)
        | KnownHeaders.Bit(KnownHeader.XForwardedProto);

    /// <param name="authority">That the request is for, as it is sent in <c>Host</c>.</param>
    public static void Write(ref WireWriter writer, HeaderTable headers, ReadOnlySpan<byte> authority, Forwarding forwarding)
    {
        if (!forwarding.TrustsClient)
        {
            writer.Write(forwarding.Claims);
            writer.Write(authority);
            writer.Write("\r\n"u8);
            if (!forwarding.SendsForwarded) return;
            writer.Write("Forwarded: "u8);
            WriteOwn(ref writer, forwarding);
            WriteOrigin(ref writer, forwarding.Scheme, new ForwardedHost(authority));
            writer.Write("\r\n"u8);
            return;
        }

        var chain = ForwardedChain.Read(headers);
        var scheme = chain.Scheme.IsEmpty ? forwarding.Scheme : chain.Scheme;
        var host = chain.Host.IsEmpty ? new ForwardedHost(authority) : chain.Host;
        WriteAddresses(ref writer, chain.Elements, forwarding);
        WriteSchemes(ref writer, headers, scheme);
        WriteHosts(ref writer, headers, host);
        if (!forwarding.SendsForwarded && !headers.Has(KnownHeader.Forwarded)) return;
        writer.Write("Forwarded: "u8);
        var isFirst = !WriteNodes(ref writer, chain.Elements, scheme, host);
        WriteOwn(ref writer, forwarding);
        if (isFirst) WriteOrigin(ref writer, scheme, host);
        else WriteOrigin(ref writer, forwarding.Scheme, new ForwardedHost(authority));
        writer.Write("\r\n"u8);
    }

    private static void WriteAddresses(ref WireWriter writer, ForwardedElements chain, Forwarding forwarding)
    {
        writer.Write("X-Forwarded-For: "u8);
        while (chain.MoveToNode())
        {
            writer.Write(chain.Current.Node.Address is { IsEmpty: false } address ? address : "unknown"u8);
            writer.Write(", "u8);
        }

        writer.Write(forwarding.ClientAddress);
        writer.Write("\r\n"u8);
    }

    /// <summary>The first scheme is that of the chain, whoever said it; the list has more when it came with more.</summary>
    private static void WriteSchemes(ref WireWriter writer, HeaderTable headers, ReadOnlySpan<byte> first)
    {
        writer.Write("X-Forwarded-Proto: "u8);
        writer.Write(first);
        var isFirst = true;
        foreach (var element in new HeaderElements(headers, KnownHeader.XForwardedProto))
        {
            if (ForwardedScheme.Read(element) is not { IsEmpty: false } scheme) continue;
            if (!isFirst)
            {
                writer.Write(", "u8);
                writer.Write(scheme);
            }

            isFirst = false;
        }

        writer.Write("\r\n"u8);
    }

    /// <summary>The same for hosts.</summary>
    private static void WriteHosts(ref WireWriter writer, HeaderTable headers, ForwardedHost first)
    {
        writer.Write("X-Forwarded-Host: "u8);
        WriteHost(ref writer, first);
        var isFirst = true;
        foreach (var element in new HeaderElements(headers, KnownHeader.XForwardedHost))
        {
            if (ForwardedHost.Read(element) is not { IsEmpty: false } host) continue;
            if (!isFirst)
            {
                writer.Write(", "u8);
                WriteHost(ref writer, host);
            }

            isFirst = false;
        }

        writer.Write("\r\n"u8);
    }

    /// <summary>False when the chain names nobody. Scheme and host are those that the first client used.</summary>
    private static bool WriteNodes(ref WireWriter writer, ForwardedElements chain, ReadOnlySpan<byte> scheme, ForwardedHost host)
    {
        var isFirst = true;
        while (chain.MoveToNode())
        {
            var node = chain.Current.Node;
            WriteNode(ref writer, node.Address.IsEmpty ? "unknown"u8 : node.Address, node.IsIPv6);
            if (isFirst) WriteOrigin(ref writer, scheme, host);
            writer.Write(", "u8);
            isFirst = false;
        }

        return !isFirst;
    }

    private static void WriteOwn(ref WireWriter writer, Forwarding forwarding) =>
        WriteNode(ref writer, forwarding.ClientAddress, forwarding.ClientIsIPv6);

    private static void WriteNode(ref WireWriter writer, ReadOnlySpan<byte> name, bool isIPv6)
    {
        writer.Write(isIPv6 ? "for=\"["u8 : "for="u8);
        writer.Write(name);
        if (isIPv6) writer.Write("]\""u8);
    }

    /// <summary>A valid authority holds neither quote nor backslash, so it may be quoted as it is.</summary>
    private static void WriteOrigin(ref WireWriter writer, ReadOnlySpan<byte> scheme, ForwardedHost host)
    {
        writer.Write(";proto="u8);
        writer.Write(scheme);
        writer.Write(";host=\""u8);
        WriteHost(ref writer, host);
        writer.Write("\""u8);
    }

    private static void WriteHost(ref WireWriter writer, ForwardedHost host)
    {
        writer.Write(host.Name);
        writer.Write(host.Port);
    }
}
