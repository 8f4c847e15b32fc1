namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// Where servers may read a cookie of one name in a <c>Cookie</c> line, for <c>foreach</c>. Some trim blanks round the <c>=</c>, some take
/// a name alone for a cookie without a value, and some begin a new cookie behind a blank or comma within a value (RFC 2965, Python).
/// Allocates nothing.
/// </summary>
internal ref struct CookieMentions(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private readonly ReadOnlySpan<byte> _name = name;
    private int _next;

    public CookieMention Current { get; private set; }

    public readonly CookieMentions GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_line[_next..].IndexOf(_name) is var found and >= 0)
        {
            var start = _next + found;
            _next = start + _name.Length;
            if (Read(_line[..start], _line[_next..]) is not { } mention) continue;
            Current = mention;
            return true;
        }

        return false;
    }

    /// <summary>Null where it is a part of something else.</summary>
    private static CookieMention? Read(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (!before.IsEmpty && before[^1] is not ((byte)';' or (byte)',' or (byte)' ' or (byte)'\t')) return null;
        var rest = after.TrimStart(" \t"u8);
        if (rest.IsEmpty || rest[0] != '=')
        {
            var isPair = before.TrimEnd(" \t"u8) is [] or [.., (byte)';'] && rest is [] or [(byte)';', ..];
            return isPair ? CookieMention.Plain : null;
        }

        return rest.Length < after.Length || rest is [_, (byte)' ' or (byte)'\t', ..] ? CookieMention.Ambiguous : CookieMention.Plain;
    }
}

/// <summary>How a cookie stands in its line.</summary>
internal enum CookieMention
{
    /// <summary>Whoever reads it there reads the same.</summary>
    Plain,

    /// <summary>With blanks round its <c>=</c>, which belong to name and value, or to neither.</summary>
    Ambiguous,
}
