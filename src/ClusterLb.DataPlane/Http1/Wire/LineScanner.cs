using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

internal enum LineStatus
{
    Incomplete,
    Line,

    /// <summary>A bare CR or LF, NUL, or another control where none may be.</summary>
    Malformed,
}

/// <summary>
/// Cuts CRLF lines out of a growing buffer and looks at each byte once, however the bytes arrive.
/// A bare LF, which RFC 9112 section 2.2 lets a recipient accept, is refused: whoever accepts it sees other lines than whoever does not.
/// </summary>
internal struct LineScanner
{
    private int _scanned;

    /// <summary>Where the next line begins.</summary>
    public int Position { get; private set; }

    public LineStatus Next(ReadOnlySpan<byte> bytes, out Slice line)
    {
        line = default;
        var found = bytes[_scanned..].IndexOfAny(Grammar.LineStops);
        if (found < 0)
        {
            _scanned = bytes.Length;
            return LineStatus.Incomplete;
        }

        var stop = _scanned + found;
        _scanned = stop;
        if (bytes[stop] != '\r') return LineStatus.Malformed;
        if (stop + 1 == bytes.Length) return LineStatus.Incomplete;
        if (bytes[stop + 1] != '\n') return LineStatus.Malformed;
        line = Slice.Between(Position, stop);
        Position = _scanned = stop + 2;
        return LineStatus.Line;
    }
}
