namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The values of all cookies of one name over all <c>Cookie</c> lines, in the order they came; names are case-sensitive (RFC 6265 section
/// 5.4).
/// </summary>
internal ref struct NamedCookies(HeaderTable headers, ReadOnlySpan<byte> name)
{
    private readonly ReadOnlySpan<byte> _bytes = headers.Bytes;
    private readonly ReadOnlySpan<byte> _name = name;
    private readonly ReadOnlySpan<HeaderEntry> _entries = headers.Has(KnownHeader.Cookie) ? headers.Entries : default;
    private CookiePairs _pairs = new(default);
    private int _next;

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            while (_pairs.MoveNext())
            {
                if (!CookiePairs.IsNamed(_pairs.Current, _name)) continue;
                Current = _pairs.Current[(_name.Length + 1)..];
                return true;
            }

            while (_next < _entries.Length && _entries[_next].Known != KnownHeader.Cookie) _next++;
            if (_next == _entries.Length) return false;
            _pairs = new CookiePairs(_entries[_next++].Value.Of(_bytes));
        }
    }
}
