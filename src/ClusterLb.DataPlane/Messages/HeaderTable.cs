namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The headers of one message, in order, as offsets into the buffer that holds them. Reused; grows once, up to its limit.
/// </summary>
internal sealed class HeaderTable(int limit)
{
    private const int Initial = 16;
    private HeaderEntry[] _entries = new HeaderEntry[Math.Min(Initial, limit)];
    private byte[] _buffer = [];
    private int _start;
    private ulong _present;

    /// <summary>What all offsets of the message count from, to the end of its buffer.</summary>
    public Span<byte> Bytes => _buffer.AsSpan(_start);

    public int Count { get; private set; }

    public ReadOnlySpan<HeaderEntry> Entries => _entries.AsSpan(0, Count);

    public bool Has(KnownHeader header) => (_present & KnownHeaders.Bit(header)) != 0;

    public bool HasAny(ulong headers) => (_present & headers) != 0;

    /// <summary>The value of the first of that name.</summary>
    public bool TryGet(KnownHeader header, out Slice value)
    {
        value = default;
        if (!Has(header)) return false;
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Known != header) continue;
            value = entry.Value;
            return true;
        }

        return false;
    }

    /// <summary>The value of the first of that name, in any case.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var entry in Entries)
        {
            if (!Grammar.EqualsIgnoreCase(entry.Name.Of(Bytes), name)) continue;
            value = entry.Value.Of(Bytes);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>
    /// The value of the first cookie of that name over all <c>Cookie</c> lines; names are case-sensitive (RFC 6265 section 5.4).
    /// </summary>
    public bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var cookies = new NamedCookies(this, name);
        var isThere = cookies.MoveNext();
        value = cookies.Current;
        return isThere;
    }

    /// <summary>Whether more than one of that name came.</summary>
    public bool IsTwice(ReadOnlySpan<byte> name)
    {
        var isFound = false;
        foreach (ref readonly var entry in Entries)
        {
            if (!Grammar.EqualsIgnoreCase(entry.Name.Of(Bytes), name)) continue;
            if (isFound) return true;
            isFound = true;
        }

        return false;
    }

    /// <summary>Whether a cookie of that name came more than once, or in a way that servers read in different ways.</summary>
    public bool IsCookieAmbiguous(ReadOnlySpan<byte> name)
    {
        if (!Has(KnownHeader.Cookie)) return false;
        var isFound = false;
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Known != KnownHeader.Cookie) continue;
            foreach (var mention in new CookieMentions(entry.Value.Of(Bytes), name))
            {
                if (isFound || mention == CookieMention.Ambiguous) return true;
                isFound = true;
            }
        }

        return false;
    }

    /// <summary>
    /// Makes headers that decide pass whatever <c>Connection</c> says, and those stay here that resemble one (<c>X_Tenant</c>).
    /// </summary>
    public void MarkDeciding(byte[][] names)
    {
        if (names.Length == 0) return;
        for (var i = 0; i < Count; i++)
        {
            if (_entries[i].Known is not (KnownHeader.Other or KnownHeader.HopByHop)) continue;
            var name = _entries[i].Name.Of(Bytes);
            var (isOne, resemblesOne) = (false, false);
            foreach (var deciding in names)
            {
                if (!KnownHeaders.Resembles(name, deciding)) continue;
                resemblesOne = true;
                isOne |= Grammar.EqualsIgnoreCase(name, deciding);
            }

            if (resemblesOne) Mark(i, isOne ? KnownHeader.Other : KnownHeader.Lookalike);
        }
    }

    public void Clear() => (Count, _present) = (0, 0);

    /// <summary>The message is here from now on.</summary>
    /// <param name="start">Where it begins.</param>
    public void Place(byte[] buffer, int start) => (_buffer, _start) = (buffer, start);

    /// <summary>Takes one header line; null, or why it is refused.</summary>
    /// <param name="bytes">The buffer; free of controls within the line.</param>
    /// <param name="line">The line without its CRLF, 1 byte or more.</param>
    public string? Add(ReadOnlySpan<byte> bytes, Slice line)
    {
        var length = line.Of(bytes).IndexOfAnyExcept(Grammar.Token);
        if (length <= 0) return length == 0 ? Reasons.NameEmpty : Reasons.NoColon;
        var colon = line.Start + length;
        if (bytes[colon] != ':') return Reasons.NameInvalid;
        var name = Slice.Between(line.Start, colon);
        var value = Grammar.Trim(bytes, colon + 1, line.End);
        var canonical = value.Start == colon + 2 && value.End == line.End && bytes[colon + 1] == ' ';
        var known = KnownHeaders.Find(name.Of(bytes));
        if (Count == _entries.Length) Array.Resize(ref _entries, Math.Min(Count * 2, limit));
        _entries[Count++] = new HeaderEntry(name, value, known, canonical);
        _present |= KnownHeaders.Bit(known);
        return null;
    }

    public bool IsFull => Count == limit;

    /// <summary>Gives an entry another meaning, e.g. <see cref="KnownHeader.HopByHop"/>.</summary>
    public void Mark(int index, KnownHeader known)
    {
        _entries[index] = _entries[index].As(known);
        _present |= KnownHeaders.Bit(known);
    }
}
