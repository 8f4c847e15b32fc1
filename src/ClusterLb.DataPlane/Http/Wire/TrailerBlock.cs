namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>
/// Collects a trailer section, which may arrive in any pieces, and keeps the lines that may pass on. Bounded; made only for bodies that
/// have one.
/// </summary>
internal sealed class TrailerBlock
{
    /// <summary>Bytes of the whole section.</summary>
    public const int MostBytes = 8 * 1024;

    private readonly byte[] _lines = new byte[MostBytes];
    private int _read;
    private int _kept;
    private int _end;

    /// <summary>The allowed lines so far, each with its CRLF.</summary>
    public ReadOnlySpan<byte> Lines => _lines.AsSpan(0, _kept);

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
        if (TrailerFields.IsAllowed(line[..colon])) _kept = _end;
        _end = _kept;
        return HeadStatus.Incomplete;
    }
}
