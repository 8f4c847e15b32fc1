namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The elements of a list over all lines of one header, for <c>foreach</c>, in their order; trimmed, empty ones left out (RFC 9110 section
/// 5.6.1). Allocates nothing.
/// </summary>
/// <param name="known">Which one. <c>Forwarded</c> has quoted strings; one that does not close takes the rest of its line.</param>
internal ref struct HeaderElements(HeaderTable headers, KnownHeader known)
{
    private readonly ReadOnlySpan<byte> _bytes = headers.Bytes;
    private readonly ReadOnlySpan<HeaderEntry> _entries = headers.Has(known) ? headers.Entries : default;
    private readonly KnownHeader _known = known;
    private ReadOnlySpan<byte> _rest;
    private int _next;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly HeaderElements GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                var end = _known == KnownHeader.Forwarded ? Quoted.IndexOf(_rest, (byte)',') : _rest.IndexOf((byte)',');
                Current = (end < 0 ? _rest : _rest[..end]).Trim(" \t"u8);
                _rest = end < 0 ? default : _rest[(end + 1)..];
                if (!Current.IsEmpty) return true;
            }

            while (_next < _entries.Length && _entries[_next].Known != _known) _next++;
            if (_next == _entries.Length) return false;
            _rest = _entries[_next++].Value.Of(_bytes);
        }
    }
}
