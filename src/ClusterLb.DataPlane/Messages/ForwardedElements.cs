namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The elements that say something, of all lines of <c>Forwarded</c> or of <c>X-Forwarded-For</c>, in their order. Allocates nothing.
/// </summary>
internal ref struct ForwardedElements(HeaderTable headers, KnownHeader family)
{
    private readonly bool _isForwarded = family == KnownHeader.Forwarded;
    private HeaderElements _elements = new(headers, family);
    private ForwardedElement _current;

    public readonly ForwardedElement Current => _current;

    public bool MoveNext()
    {
        while (_elements.MoveNext())
        {
            if (_isForwarded ? ForwardedElement.TryRead(_elements.Current, out _current) : TryReadAddress(_elements.Current)) return true;
        }

        return false;
    }

    /// <summary>The next one that names a node.</summary>
    public bool MoveToNode()
    {
        while (MoveNext())
        {
            if (_current.NamesNode) return true;
        }

        return false;
    }

    private bool TryReadAddress(ReadOnlySpan<byte> text)
    {
        var isNode = ForwardedNode.TryRead(Quoted.Open(text), out var node);
        _current = new ForwardedElement { Node = node, NamesNode = isNode };
        return isNode;
    }
}
