namespace ClusterLb.DataPlane.Http.Wire;

internal enum ChunkStatus
{
    /// <summary>All input is consumed and the body is not over.</summary>
    NeedMore,

    /// <summary>There is body data; step again with what follows the consumed bytes.</summary>
    Data,

    /// <summary>The body is over; what follows the consumed bytes is the next message.</summary>
    End,

    /// <summary>Answer 400 or 502 and close both sides.</summary>
    Malformed,
}

/// <summary>
/// Takes chunked framing off (RFC 9112 section 7.1), one piece at a time and with no tolerance: CRLF only, a bare size of at most 16 digits,
/// no blanks. Every leniency here has been somebody's request smuggling (CVE-2025-55315, CVE-2025-22871, CVE-2025-58056, CVE-2025-43859).
/// </summary>
internal struct ChunkedDecoder()
{
    /// <summary>Bytes of chunk extensions in one body, all of which are dropped.</summary>
    public const int MostExtensionBytes = 16 * 1024;

    private const int MostSizeDigits = 16;
    private State _state = State.SizeStart;
    private long _remaining;
    private int _digits;
    private int _extensionBytes;
    private TrailerBlock? _trailers;

    private enum State
    {
        SizeStart,
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        TrailerStart,
        Trailers,
        EndLineFeed,
        End,
        Malformed,
    }

    /// <summary>After the end: the allowed trailers as lines of ours, each with its CRLF; empty when there are none.</summary>
    public readonly ReadOnlySpan<byte> Trailers => _trailers is null ? default : _trailers.Lines;

    /// <summary>Goes on where it stopped.</summary>
    /// <param name="input">Unconsumed bytes.</param>
    /// <param name="consumed">How many of them are done with.</param>
    /// <param name="data">For <see cref="ChunkStatus.Data"/>: body bytes within the consumed input.</param>
    public ChunkStatus Step(ReadOnlySpan<byte> input, out int consumed, out Slice data)
    {
        consumed = 0;
        data = default;
        while (consumed < input.Length)
        {
            switch (_state)
            {
                case State.Data:
                    data = new Slice(consumed, (int)Math.Min(_remaining, input.Length - consumed));
                    consumed = data.End;
                    _remaining -= data.Length;
                    if (_remaining == 0) _state = State.DataReturn;
                    return ChunkStatus.Data;
                case State.TrailerStart when input[consumed] != '\r':
                case State.Trailers:
                    consumed += ReadTrailers(input[consumed..]);
                    break;
                case State.End:
                    return ChunkStatus.End;
                case State.Malformed:
                    return ChunkStatus.Malformed;
                default:
                    _state = Next(input[consumed++]);
                    break;
            }
        }

        return _state switch
        {
            State.End => ChunkStatus.End,
            State.Malformed => ChunkStatus.Malformed,
            _ => ChunkStatus.NeedMore,
        };
    }

    private State Next(byte value) => _state switch
    {
        State.SizeStart or State.Size => NextOfSize(value),
        State.Extension => NextOfExtension(value),
        State.SizeLineFeed when value == '\n' => _remaining > 0 ? State.Data : State.TrailerStart,
        State.DataReturn when value == '\r' => State.DataLineFeed,
        State.DataLineFeed when value == '\n' => BeginSize(),
        State.TrailerStart => State.EndLineFeed, // Step has seen that it is CR: there are no trailers, as almost always
        State.EndLineFeed when value == '\n' => State.End,
        _ => State.Malformed,
    };

    private State NextOfSize(byte value)
    {
        var digit = HexValue(value);
        if (digit >= 0)
        {
            if (++_digits > MostSizeDigits || _remaining > long.MaxValue >> 4) return State.Malformed;
            _remaining = (_remaining << 4) | (uint)digit;
            return State.Size;
        }

        if (_state == State.SizeStart) return State.Malformed;
        if (value == '\r') return State.SizeLineFeed;
        return value == ';' ? State.Extension : State.Malformed;
    }

    private State NextOfExtension(byte value)
    {
        if (value == '\r') return State.SizeLineFeed;
        var isControl = value is < (byte)' ' and not (byte)'\t' or 127;
        return isControl || ++_extensionBytes > MostExtensionBytes ? State.Malformed : State.Extension;
    }

    private State BeginSize()
    {
        (_remaining, _digits) = (0, 0);
        return State.SizeStart;
    }

    private int ReadTrailers(ReadOnlySpan<byte> input)
    {
        _trailers ??= new TrailerBlock();
        var status = _trailers.Read(input, out var consumed);
        _state = status switch
        {
            HeadStatus.Incomplete => State.Trailers,
            HeadStatus.Complete => State.End,
            _ => State.Malformed,
        };
        return consumed;
    }

    private static int HexValue(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
