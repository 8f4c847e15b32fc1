using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Reads the extensions of a body's chunks (RFC 9112 section 7.1.1), all of which are dropped, to the letter: what another reader might
/// take for the end of the line is refused. Bounded, so that a body is not all extensions (CVE-2023-39326): what a small one takes is free
/// in every chunk, for an honest sender puts one in each; the rest is bounded by the data that came.
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

    private const int Symbols = 8;

    private static readonly byte[] s_symbols = [.. Enumerable.Range(0, 256).Select(value => (byte)SymbolOf((byte)value))];
    private static readonly byte[] s_next =
        [.. Enum.GetValues<Part>().SelectMany(part => Enumerable.Range(0, Symbols).Select(symbol => (byte)Next(part, (Symbol)symbol)))];

    private Part _part;
    private int _ofChunk;
    private long _counted;

    private enum Part : byte
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

    /// <summary>What a byte can be in an extension.</summary>
    private enum Symbol : byte
    {
        Never,
        Token,
        Blank,
        Equals,
        Semicolon,
        Quote,
        Backslash,
        OnlyQuoted,
    }

    /// <summary>The size line may end here.</summary>
    public readonly bool IsWhole => _part is Part.Name or Part.Token or Part.QuotedEnd;

    /// <summary>After the first semicolon of a size line.</summary>
    public void Begin() => (_part, _ofChunk) = (Part.NameStart, 1);

    /// <summary>Takes what comes before the next CR, two table lookups a byte. False: malformed, or too many.</summary>
    /// <param name="input">Unconsumed bytes.</param>
    /// <param name="dataBytes">Bytes of data that came in the chunks before.</param>
    /// <param name="consumed">How many of them are done with.</param>
    public bool Take(ReadOnlySpan<byte> input, long dataBytes, out int consumed)
    {
        var (symbols, next, part, at) = (s_symbols, s_next, _part, 0);
        for (; at < input.Length && input[at] != '\r'; at++) part = (Part)next[((int)part * Symbols) + symbols[input[at]]];
        (_part, consumed) = (part, at);
        _counted += at - Math.Clamp(FreeBytesOfChunk - _ofChunk, 0, at);
        _ofChunk += at;
        return part != Part.Malformed && _ofChunk <= MostBytesOfChunk && _counted <= MostBytes + (dataBytes / DataShare);
    }

    private static Symbol SymbolOf(byte value) => value switch
    {
        _ when Grammar.Token.Contains(value) => Symbol.Token,
        (byte)' ' or (byte)'\t' => Symbol.Blank,
        (byte)'=' => Symbol.Equals,
        (byte)';' => Symbol.Semicolon,
        (byte)'"' => Symbol.Quote,
        (byte)'\\' => Symbol.Backslash,
        >= (byte)' ' and not 127 => Symbol.OnlyQuoted,
        _ => Symbol.Never,
    };

    private static Part Next(Part part, Symbol symbol) => part switch
    {
        Part.NameStart when symbol == Symbol.Token => Part.Name,
        Part.NameStart when symbol == Symbol.Blank => Part.NameStart,
        Part.Name when symbol == Symbol.Token => Part.Name,
        Part.Name or Part.NameBlank when symbol == Symbol.Equals => Part.ValueStart,
        Part.Name or Part.NameBlank when symbol == Symbol.Blank => Part.NameBlank,
        Part.ValueStart when symbol == Symbol.Quote => Part.Quoted,
        Part.ValueStart when symbol == Symbol.Blank => Part.ValueStart,
        Part.ValueStart or Part.Token when symbol == Symbol.Token => Part.Token,
        Part.Quoted when symbol == Symbol.Quote => Part.QuotedEnd,
        Part.Quoted when symbol == Symbol.Backslash => Part.Escaped,
        Part.Quoted or Part.Escaped when symbol != Symbol.Never => Part.Quoted,
        Part.Token or Part.QuotedEnd or Part.ValueBlank when symbol == Symbol.Blank => Part.ValueBlank,
        Part.Name or Part.NameBlank or Part.Token or Part.QuotedEnd or Part.ValueBlank when symbol == Symbol.Semicolon => Part.NameStart,
        _ => Part.Malformed,
    };
}
