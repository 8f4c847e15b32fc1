namespace ClusterLb.DataPlane.Messages;

/// <summary>The node identifiers of RFC 7239 section 6, and what <c>X-Forwarded-For</c> has in their place.</summary>
internal readonly ref struct ForwardedNode
{
    private ForwardedNode(ReadOnlySpan<byte> address, bool isIPv6)
    {
        Address = address;
        IsIPv6 = isIPv6;
    }

    /// <summary>
    /// Bare, without port or brackets; empty = somebody who is not named: <c>unknown</c>, or a name that hides an address.
    /// </summary>
    public ReadOnlySpan<byte> Address { get; }

    public bool IsIPv6 { get; }

    /// <summary>False for what names nobody, not even in hiding.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ForwardedNode node)
    {
        node = default;
        if (text.IsEmpty) return false;
        var isBracketed = text[0] == '[';
        var end = isBracketed ? text.IndexOf((byte)']') : text.IndexOf((byte)':');
        if (isBracketed && end < 0) return false;
        var isIPv6 = isBracketed || (end >= 0 && text[(end + 1)..].Contains((byte)':'));
        if (!isBracketed && (isIPv6 || end < 0)) end = text.Length;
        var name = text[(isBracketed ? 1 : 0)..end];
        var port = text[(isBracketed ? end + 1 : end)..];
        if (!port.IsEmpty && (port[0] != ':' || !Grammar.IsToken(port[1..]))) return false;
        if (IsAddress(name, isIPv6)) node = new ForwardedNode(name, isIPv6);
        else return !isIPv6 && (Grammar.EqualsIgnoreCase(name, "unknown"u8) || (name is [(byte)'_', ..] && Grammar.IsToken(name)));
        return true;
    }

    public bool IsSame(ForwardedNode other) => Grammar.EqualsIgnoreCase(Address, other.Address);

    private static bool IsAddress(ReadOnlySpan<byte> text, bool isIPv6)
    {
        Span<byte> bytes = stackalloc byte[AddressLiteral.MaxBytes];
        return AddressLiteral.Read(text, bytes) == (isIPv6 ? 16 : 4);
    }
}
