namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>
/// Reads the extensions of a body's chunks (RFC 9112 section 7.1.1), all of which are dropped, byte by byte and to the letter: what another reader might take
/// for the end of the line is refused. Bounded, so that a body is not all extensions (CVE-2023-39326): what a small one takes is free in every chunk, for an
/// honest sender puts one in each; the rest is bounded by the data that came.
/// </summary>
internal struct ChunkExtensions
{
    /// <summary>Bytes in one chunk.</summary>
    public const int MostBytesOfChunk = 4 * 1024;

    /// <summary>Bytes of each chunk that are not counted.</summary>
    public const int FreeBytesOfChunk = 16;

    /// <summary>Bytes counted in a body, to which <see cref="DataShare"/> of its data is added.</summary>
    public const int MostBytes = 16 * 1024;

    /// <summary>One byte more for so many bytes of data.</summary>
    public const int DataShare = 4;

    private Part _part;
    private int _ofChunk;
    private long _counted;

    private enum Part
    {
        Malformed,
        NameStart,
        Name,
        NameBlank,
        ValueStart,
        Token,
        Quoted,
        Escaped,
        QuotedEnd,
        ValueBlank,
    }

    /// <summary>The size line may end here.</summary>
    public readonly bool IsWhole => _part is Part.Name or Part.Token or Part.QuotedEnd;

    /// <summary>After the first semicolon of a size line.</summary>
    public void Begin() => (_part, _ofChunk) = (Part.NameStart, 1);

    /// <summary>Takes the next byte, no CR. False: malformed, or too many.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="dataBytes">Bytes of data that came in the chunks before.</param>
    public bool Take(byte value, long dataBytes)
    {
        _part = Next(value);
        if (++_ofChunk > FreeBytesOfChunk) _counted++;
        return _part != Part.Malformed && _ofChunk <= MostBytesOfChunk && _counted <= MostBytes + (dataBytes / DataShare);
    }

    private readonly Part Next(byte value) => _part switch
    {
        Part.NameStart when Grammar.Token.Contains(value) => Part.Name,
        Part.NameStart when IsBlank(value) => Part.NameStart,
        Part.Name when Grammar.Token.Contains(value) => Part.Name,
        Part.Name or Part.NameBlank when value == '=' => Part.ValueStart,
        Part.Name or Part.NameBlank when IsBlank(value) => Part.NameBlank,
        Part.ValueStart when value == '"' => Part.Quoted,
        Part.ValueStart when IsBlank(value) => Part.ValueStart,
        Part.ValueStart or Part.Token when Grammar.Token.Contains(value) => Part.Token,
        Part.Quoted when value == '"' => Part.QuotedEnd,
        Part.Quoted when value == '\\' => Part.Escaped,
        Part.Quoted or Part.Escaped when value is (byte)'\t' or >= (byte)' ' and not 127 => Part.Quoted,
        Part.Token or Part.QuotedEnd or Part.ValueBlank when IsBlank(value) => Part.ValueBlank,
        Part.Name or Part.NameBlank or Part.Token or Part.QuotedEnd or Part.ValueBlank when value == ';' => Part.NameStart,
        _ => Part.Malformed,
    };

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';
}
