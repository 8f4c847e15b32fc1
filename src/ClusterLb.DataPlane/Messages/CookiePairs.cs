namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The pairs of <c>name=value; name=value</c> (RFC 6265 section 4.2.1), for <c>foreach</c>; without blanks around them, empty ones left
/// out.
/// </summary>
internal ref struct CookiePairs(ReadOnlySpan<byte> pairs)
{
    private ReadOnlySpan<byte> _rest = pairs;

    public ReadOnlySpan<byte> Current { get; private set; }

    public static bool TryFind(ReadOnlySpan<byte> pairs, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var pair in new CookiePairs(pairs))
        {
            if (!IsNamed(pair, name)) continue;
            value = pair[(name.Length + 1)..];
            return true;
        }

        value = default;
        return false;
    }

    public static bool IsNamed(ReadOnlySpan<byte> pair, ReadOnlySpan<byte> name) => pair.Length > name.Length && pair[name.Length] == '='
        && pair.StartsWith(name);

    public readonly CookiePairs GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)';');
            Current = (end < 0 ? _rest : _rest[..end]).Trim(" \t"u8);
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (!Current.IsEmpty) return true;
        }

        return false;
    }
}
