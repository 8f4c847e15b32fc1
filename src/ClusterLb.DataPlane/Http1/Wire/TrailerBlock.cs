using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Reads a trailer section, which may arrive in any pieces, and keeps the fields that may pass on, each written anew as <c>name: value</c>:
/// what a sender made of its lines is copied nowhere. Bounded; made only for bodies that have one.
/// </summary>
internal sealed class TrailerBlock
{
    /// <summary>Bytes of the whole section, both as received and as written anew.</summary>
    public const int MostBytes = 8 * 1024;

    private readonly byte[] _lines = new byte[MostBytes];
    private int _read;
    private int _kept;
    private int _end;

    /// <summary>The allowed fields so far, as lines of ours with their CRLF.</summary>
    public ReadOnlyMemory<byte> Lines => _lines.AsMemory(0, _kept);

    /// <summary>Takes bytes up to the end of the section.</summary>
    public HeadStatus Read(ReadOnlySpan<byte> input, out int consumed)
    {
        for (consumed = 0; consumed < input.Length;)
        {
            if (++_read > MostBytes) return HeadStatus.Refused;
            var value = input[consumed++];
            _lines[_end++] = value;
            if (value != '\n') continue;
            var status = TakeLine();
            if (status != HeadStatus.Incomplete) return status;
        }

        return HeadStatus.Incomplete;
    }

    private HeadStatus TakeLine()
    {
        var line = _lines.AsSpan(_kept, _end - _kept);
        var stop = line.IndexOfAny(Grammar.LineStops);
        if (stop != line.Length - 2 || line[stop] != '\r') return HeadStatus.Refused;
        if (stop == 0)
        {
            _end = _kept;
            return HeadStatus.Complete;
        }

        var colon = line.IndexOfAnyExcept(Grammar.Token);
        if (colon <= 0 || line[colon] != ':') return HeadStatus.Refused;
        if (TrailerFields.IsAllowed(line[..colon])) Keep(line, colon);
        _end = _kept;
        return _read > MostBytes ? HeadStatus.Refused : HeadStatus.Incomplete;
    }

    /// <summary>
    /// Writes a line anew where it stands; one without a blank after its colon grows by that byte, which counts as if it had been received.
    /// </summary>
    private void Keep(Span<byte> line, int colon)
    {
        var value = Grammar.Trim(line, colon + 1, line.Length - 2);
        var grows = value.Start == colon + 1;
        if (grows && ++_read > MostBytes) return;
        var start = _kept + colon + 2;
        value.Of(line).CopyTo(_lines.AsSpan(start));
        _kept = start + value.Length + 2;
        ": "u8.CopyTo(_lines.AsSpan(start - 2));
        "\r\n"u8.CopyTo(_lines.AsSpan(_kept - 2));
    }
}
