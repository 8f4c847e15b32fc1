namespace ClusterLb.DataPlane.Http.Wire;

internal enum ChunkStatus
{
    NeedMore,

    /// <summary>A piece of data was found.</summary>
    Data,

    /// <summary>The last chunk and its trailers are consumed.</summary>
    End,
    Malformed,
}

/// <summary>
/// Decodes a chunked body as its bytes arrive (RFC 9112, 7.1), strictly: hexadecimal digits only, CRLF only, no space, extensions bounded
/// and dropped. Any leniency here is a way to smuggle a request (CVE-2025-55315, CVE-2025-22871, CVE-2025-58056, CVE-2025-43859).
/// </summary>
internal struct ChunkedDecoder
{
    private const int MaxSizeDigits = 16;

    /// <summary>In all chunks of a body together.</summary>
    private const int MaxExtensionBytes = 16 * 1024;

    /// <summary>Bytes of a trailer section.</summary>
    public const int MaxTrailerBytes = 8 * 1024;

    private State _state;
    private int _digits;
    private long _remaining;
    private int _extensionBytes;
    private byte[]? _trailers;
    private int _trailerLength;
    private int _lineStart;

    private enum State : byte
    {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Trailer,
        TrailerLineFeed,
        End,
        Malformed,
    }

    /// <summary>The field lines of the trailer section, each with its CRLF, after <see cref="ChunkStatus.End"/>.</summary>
    public readonly ReadOnlySpan<byte> Trailers => _trailers.AsSpan(0, _trailerLength);

    /// <summary>Takes bytes until it has a piece of data, the end, or no more bytes.</summary>
    /// <param name="input">Not empty.</param>
    /// <param name="consumed">How many bytes of the input were taken, the data's own included.</param>
    /// <param name="data">The data found, in the input.</param>
    public ChunkStatus Step(ReadOnlySpan<byte> input, out int consumed, out Slice data)
    {
        data = default;
        for (consumed = 0; consumed < input.Length;)
        {
            if (_state == State.Data)
            {
                var length = (int)Math.Min(_remaining, input.Length - consumed);
                data = new Slice(consumed, length);
                consumed += length;
                _remaining -= length;
                if (_remaining == 0) _state = State.DataCarriageReturn;
                return ChunkStatus.Data;
            }

            _state = Next(input[consumed++]);
            if (_state == State.Malformed) return ChunkStatus.Malformed;
            if (_state == State.End) return ChunkStatus.End;
        }

        return ChunkStatus.NeedMore;
    }

    private State Next(byte c) => _state switch
    {
        State.Size => InSize(c),
        State.Extension => InExtension(c),
        State.SizeLineFeed => c != '\n' ? State.Malformed : _remaining > 0 ? State.Data : State.Trailer,
        State.DataCarriageReturn => c == '\r' ? State.DataLineFeed : State.Malformed,
        State.DataLineFeed => c == '\n' ? BeginSize() : State.Malformed,
        State.Trailer => InTrailer(c),
        State.TrailerLineFeed => c == '\n' ? EndTrailerLine() : State.Malformed,
        _ => State.Malformed,
    };

    private State BeginSize()
    {
        _digits = 0;
        return State.Size;
    }

    private State InSize(byte c)
    {
        if (char.IsAsciiHexDigit((char)c))
        {
            // 16 digits fit 64 bits; the sign bit must stay clear.
            if (++_digits > MaxSizeDigits || _remaining > long.MaxValue >> 4) return State.Malformed;
            _remaining = (_remaining << 4) | (long)Digit(c);
            return State.Size;
        }

        if (_digits == 0) return State.Malformed;
        return c switch
        {
            (byte)'\r' => State.SizeLineFeed,
            (byte)';' => State.Extension,
            _ => State.Malformed,
        };
    }

    private State InExtension(byte c)
    {
        if (c == '\r') return State.SizeLineFeed;
        if ((c < ' ' && c != '\t') || c == 127 || ++_extensionBytes > MaxExtensionBytes) return State.Malformed;
        return State.Extension;
    }

    private State InTrailer(byte c)
    {
        if (c == '\n') return State.Malformed;
        if (c == '\r') return State.TrailerLineFeed;
        return Store(c) ? State.Trailer : State.Malformed;
    }

    private State EndTrailerLine()
    {
        if (_trailerLength == _lineStart) return State.End;
        if (!IsField(_trailers.AsSpan(_lineStart, _trailerLength - _lineStart)) || !Store((byte)'\r') || !Store((byte)'\n')) return State.Malformed;
        _lineStart = _trailerLength;
        return State.Trailer;
    }

    private bool Store(byte c)
    {
        // Trailers are rare: only a body that has some pays for them.
        _trailers ??= new byte[MaxTrailerBytes];
        if (_trailerLength == _trailers.Length) return false;
        _trailers[_trailerLength++] = c;
        return true;
    }

    private static bool IsField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        return colon > 0 && Grammar.IsToken(line[..colon]) && Grammar.IsFieldValue(line[(colon + 1)..]);
    }

    private static int Digit(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
