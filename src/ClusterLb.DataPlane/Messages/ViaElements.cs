namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The elements of all <c>Via</c> lines (RFC 9110 section 7.6.3), for <c>foreach</c>, in their order: protocol and name, without comments,
/// which may hold commas; empty ones left out. A comment that does not close is none, so that nobody hides in it what others add behind.
/// Allocates nothing.
/// </summary>
internal ref struct ViaElements(HeaderTable headers)
{
    private readonly ReadOnlySpan<byte> _bytes = headers.Bytes;
    private readonly ReadOnlySpan<HeaderEntry> _entries = headers.Has(KnownHeader.Via) ? headers.Entries : default;
    private ReadOnlySpan<byte> _rest;
    private bool _isOpen;
    private int _next;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly ViaElements GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                Current = Take();
                if (!Current.IsEmpty) return true;
            }

            while (_next < _entries.Length && _entries[_next].Known != KnownHeader.Via) _next++;
            if (_next == _entries.Length) return false;
            _rest = _entries[_next++].Value.Of(_bytes);
            _isOpen = false;
        }
    }

    /// <summary>A comment is the last part of an element, so what comes before it is all that counts.</summary>
    private ReadOnlySpan<byte> Take()
    {
        var end = 0;
        var comment = -1;
        while (end < _rest.Length && _rest[end] != ',')
        {
            if (_rest[end] != '(')
            {
                end++;
                continue;
            }

            if (comment < 0) comment = end;
            var length = _isOpen ? -1 : CommentLength(_rest[end..]);
            // From here on none is looked for, so that a line is read once however many begin in it.
            _isOpen = length < 0;
            end += _isOpen ? 1 : length;
        }

        var taken = _rest[..(comment < 0 ? end : comment)].Trim(" \t"u8);
        _rest = end < _rest.Length ? _rest[(end + 1)..] : default;
        return taken;
    }

    /// <summary>Of a comment with those within it (section 5.6.5); -1 when it does not close.</summary>
    private static int CommentLength(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '(') depth++;
            else if (text[i] == ')' && --depth == 0) return i + 1;
        }

        return -1;
    }
}
