using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>One field line, as places in the buffer it was parsed from.</summary>
internal struct HeaderField
{
    public Slice Name;
    public Slice Value;
    public KnownHeader Known;

    /// <summary>Named in <c>Connection</c>: it was meant for this hop.</summary>
    public bool IsForThisHop;

    /// <summary>Written as <c>Name: value CRLF</c> with one space: its line can be copied as it stands.</summary>
    public bool IsCanonical;
}

/// <summary>The field lines of one head. Reused; grows to its limit at most.</summary>
internal sealed class HeaderTable
{
    private HeaderField[] _fields = new HeaderField[24];

    public int Count { get; private set; }

    public Span<HeaderField> Fields => _fields.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(in HeaderField field)
    {
        if (Count == _fields.Length) Array.Resize(ref _fields, Count * 2);
        _fields[Count++] = field;
    }

    public bool TryGet(KnownHeader known, out Slice value)
    {
        foreach (ref readonly var field in Fields)
        {
            if (field.Known != known) continue;
            value = field.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The first field of that name, case ignored.</summary>
    public bool TryGet(ReadOnlySpan<byte> source, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var field in Fields)
        {
            if (field.Name.Length != name.Length || !Ascii.EqualsIgnoreCase(field.Name.Of(source), name)) continue;
            value = field.Value.Of(source);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The first cookie of that name; names are case-sensitive (RFC 6265, 5.4).</summary>
    public bool TryGetCookie(ReadOnlySpan<byte> source, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var field in Fields)
        {
            if (field.Known != KnownHeader.Cookie) continue;
            var rest = field.Value.Of(source);
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)';');
                var pair = Grammar.Trim(end < 0 ? rest : rest[..end]);
                rest = end < 0 ? default : rest[(end + 1)..];
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name)) continue;
                value = pair[(name.Length + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Marks the fields of that name as meant for this hop, unless they are such as a sender may not remove.</summary>
    public void MarkForThisHop(ReadOnlySpan<byte> source, ReadOnlySpan<byte> name)
    {
        foreach (ref var field in Fields)
        {
            if (field.Name.Length == name.Length && !field.Known.IsProtected() && Ascii.EqualsIgnoreCase(field.Name.Of(source), name))
                field.IsForThisHop = true;
        }
    }

    /// <summary>Parses <c>name ":" OWS value OWS</c>. False when the line is none: leading whitespace, folding, a space before the colon, controls.</summary>
    public bool TryParseLine(ReadOnlySpan<byte> source, int start, int length)
    {
        var line = source.Slice(start, length);
        var colon = line.IndexOf((byte)':');
        if (colon <= 0) return false;
        var name = line[..colon];
        if (!Grammar.IsToken(name)) return false;
        var value = Grammar.Trim(line[(colon + 1)..]);
        if (!Grammar.IsFieldValue(value)) return false;
        var valueStart = value.IsEmpty ? start + length : start + colon + 1 + line[(colon + 1)..].IndexOfAnyExcept(" \t"u8);
        Add(new HeaderField
        {
            Name = new Slice(start, colon),
            Value = new Slice(valueStart, value.Length),
            Known = KnownHeaders.Classify(name),
            IsCanonical = valueStart == start + colon + 2 && line[colon + 1] == ' ' && valueStart + value.Length == start + length,
        });
        return true;
    }
}
