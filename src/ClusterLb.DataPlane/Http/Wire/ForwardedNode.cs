namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>The node identifiers of RFC 7239 section 6, and what <c>X-Forwarded-For</c> has in their place.</summary>
internal static class ForwardedNode
{
    /// <summary>The bare address, without port or brackets; empty for <c>unknown</c>, for hidden names, and for whatever else is none.</summary>
    public static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> node, out bool isIPv6)
    {
        node = Quoted.Open(node);
        isIPv6 = false;
        if (node.IsEmpty) return default;
        if (node[0] == '[')
        {
            var end = node.IndexOf((byte)']');
            node = end < 0 ? default : node[1..end];
            isIPv6 = true;
        }
        else if (node.IndexOf((byte)':') is var colon and >= 0)
        {
            isIPv6 = node[(colon + 1)..].Contains((byte)':');
            if (!isIPv6) node = node[..colon];
        }

        Span<byte> bytes = stackalloc byte[AddressLiteral.MaxBytes];
        var isAddress = AddressLiteral.Read(node, bytes) == (isIPv6 ? 16 : 4);
        isIPv6 &= isAddress;
        return isAddress ? node : default;
    }
}
