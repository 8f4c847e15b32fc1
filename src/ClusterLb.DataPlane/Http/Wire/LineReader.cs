namespace ClusterLb.DataPlane.Http.Wire;

internal enum LineStatus
{
    Incomplete,
    Complete,
    Malformed,
}

/// <summary>
/// Finds lines that end with CRLF and nothing else, and remembers how far it looked: a head that arrives byte by byte costs no more
/// than one that arrives at once. A bare LF is refused although RFC 9112 2.2 would allow it: others may see a line end there or not.
/// </summary>
internal struct LineReader
{
    private int _scanned;

    /// <summary>Where the next line begins.</summary>
    public int Position { get; private set; }

    public LineStatus Next(ReadOnlySpan<byte> received, out int start, out int length)
    {
        start = Position;
        length = 0;
        var lineFeed = received[_scanned..].IndexOf((byte)'\n');
        if (lineFeed < 0)
        {
            var hopeless = Grammar.IsHopeless(received[Math.Max(Position, _scanned - 1)..]);
            _scanned = received.Length;
            return hopeless ? LineStatus.Malformed : LineStatus.Incomplete;
        }

        lineFeed += _scanned;
        if (lineFeed == start || received[lineFeed - 1] != '\r') return LineStatus.Malformed;
        length = lineFeed - 1 - start;
        Position = _scanned = lineFeed + 1;
        return LineStatus.Complete;
    }
}
