namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// What one proxy says of the hop before it, as far as we understand it (RFC 7239 section 4); what it does not say is empty.
/// </summary>
internal readonly ref struct ForwardedElement
{
    public ForwardedNode Node { get; init; }

    /// <summary>It has a <c>for</c>, be it that of somebody unknown.</summary>
    public bool NamesNode { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public ReadOnlySpan<byte> Scheme { get; init; }

    public ForwardedHost Host { get; init; }

    /// <summary>False when it is malformed, says one thing twice, or names a node that is none: then nothing of it counts.</summary>
    /// <param name="element">Pairs of <c>name=value</c> between semicolons.</param>
    public static bool TryRead(ReadOnlySpan<byte> element, out ForwardedElement read)
    {
        read = default;
        ReadOnlySpan<byte> from = default, proto = default, host = default;
        while (!element.IsEmpty)
        {
            var end = Quoted.IndexOf(element, (byte)';');
            var pair = (end < 0 ? element : element[..end]).Trim(" \t"u8);
            element = end < 0 ? default : element[(end + 1)..];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf((byte)'=');
            if (equals < 0) return false;
            var name = pair[..equals];
            var value = ValueOf(pair[(equals + 1)..]);
            if (!Grammar.IsToken(name) || value.IsEmpty) return false;
            if (Grammar.EqualsIgnoreCase(name, "for"u8) && !TrySet(ref from, value)) return false;
            if (Grammar.EqualsIgnoreCase(name, "proto"u8) && !TrySet(ref proto, value)) return false;
            if (Grammar.EqualsIgnoreCase(name, "host"u8) && !TrySet(ref host, value)) return false;
        }

        var node = default(ForwardedNode);
        if (!from.IsEmpty && !ForwardedNode.TryRead(from, out node)) return false;
        read = new ForwardedElement
        {
            Node = node,
            NamesNode = !from.IsEmpty,
            Scheme = ForwardedScheme.Read(proto),
            Host = ForwardedHost.Read(host),
        };
        return true;
    }

    /// <summary>
    /// Empty when it is malformed, or has an escape, which no value that we read needs. Ports and brackets without quotes are what many
    /// send.
    /// </summary>
    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> text)
    {
        var value = Quoted.Open(text);
        return (value.Length == text.Length ? value.ContainsAnyExcept(Grammar.BareValue) : value.Contains((byte)'"')) ? default : value;
    }

    private static bool TrySet(ref ReadOnlySpan<byte> said, ReadOnlySpan<byte> value)
    {
        if (!said.IsEmpty) return false;
        said = value;
        return true;
    }
}
