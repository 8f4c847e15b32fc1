namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>
/// The elements of all <c>Forwarded</c> lines (RFC 7239 section 4), for <c>foreach</c>,
/// in their order. What is malformed or escaped says nothing. Allocates nothing.
/// </summary>
internal ref struct ForwardedElements(HeaderTable headers, ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private readonly ReadOnlySpan<HeaderEntry> _entries = headers.Has(KnownHeader.Forwarded) ? headers.Entries : default;
    private ReadOnlySpan<byte> _rest;
    private int _next;

    public ForwardedElement Current { get; private set; }

    public readonly ForwardedElements GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                var end = Quoted.IndexOf(_rest, (byte)',');
                var element = end < 0 ? _rest : _rest[..end];
                _rest = end < 0 ? default : _rest[(end + 1)..];
                if (element.Trim(" \t"u8).IsEmpty) continue;
                Current = ForwardedElement.Read(element);
                return true;
            }

            while (_next < _entries.Length && _entries[_next].Known != KnownHeader.Forwarded) _next++;
            if (_next == _entries.Length) return false;
            _rest = _entries[_next++].Value.Of(_source);
        }
    }
}

/// <summary>What one proxy says of the hop before it; what it does not say is empty.</summary>
internal readonly ref struct ForwardedElement
{
    private ForwardedElement(ReadOnlySpan<byte> from, ReadOnlySpan<byte> proto, ReadOnlySpan<byte> host)
    {
        For = from;
        Proto = proto;
        Host = host;
    }

    public ReadOnlySpan<byte> For { get; }

    public ReadOnlySpan<byte> Proto { get; }

    public ReadOnlySpan<byte> Host { get; }

    /// <param name="element">Pairs of <c>name=value</c> between semicolons.</param>
    public static ForwardedElement Read(ReadOnlySpan<byte> element)
    {
        ReadOnlySpan<byte> from = default, proto = default, host = default;
        while (!element.IsEmpty)
        {
            var end = Quoted.IndexOf(element, (byte)';');
            var pair = end < 0 ? element : element[..end];
            element = end < 0 ? default : element[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals < 0) continue;
            var name = pair[..equals].Trim(" \t"u8);
            var value = Quoted.Open(pair[(equals + 1)..].Trim(" \t"u8));
            if (Grammar.EqualsIgnoreCase(name, "for"u8)) from = value;
            else if (Grammar.EqualsIgnoreCase(name, "proto"u8)) proto = value;
            else if (Grammar.EqualsIgnoreCase(name, "host"u8)) host = value;
        }

        return new ForwardedElement(from, proto, host);
    }
}
