namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The comma-separated elements of a value, trimmed, empty ones included (RFC 9110 section 5.6.1). Knows no quoted strings.
/// </summary>
internal ref struct ListElements(ReadOnlySpan<byte> buffer, Slice value)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private readonly int _end = value.End;
    private int _next = value.Start;

    public Slice Current { get; private set; }

    public readonly ListElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_next > _end) return false;
        var length = _buffer[_next.._end].IndexOf((byte)',');
        var end = length < 0 ? _end : _next + length;
        Current = Grammar.Trim(_buffer, _next, end);
        _next = end + 1;
        return true;
    }
}
