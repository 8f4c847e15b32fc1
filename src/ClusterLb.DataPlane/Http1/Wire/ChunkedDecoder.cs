using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

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
/// Takes chunked framing off (RFC 9112 section 7.1), one piece at a time and with no tolerance: CRLF only, a bare size of at most 16
/// digits, no blanks round it. Every leniency here has been somebody's request smuggling (CVE-2025-55315, CVE-2025-22871, CVE-2025-58056,
/// CVE-2025-43859).
/// </summary>
internal struct ChunkedDecoder()
{
    private const int MostSizeDigits = 16;

    // Digits of a size that is looked for in one go; larger chunks are worth a few steps.
    private const int FewSizeDigits = 4;

    private State _state = State.SizeStart;
    private long _remaining;
    private int _digits;
    private ChunkExtensions _extensions;
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

    /// <summary>Bytes of data so far.</summary>
    public long DataBytes { get; private set; }

    /// <summary>After the end: the allowed trailers as lines of ours, each with its CRLF; empty when there are none.</summary>
    public readonly ReadOnlyMemory<byte> Trailers => _trailers is null ? default : _trailers.Lines;

    /// <summary>
    /// Goes on where it stopped and joins the data of all chunks, for as long as there is input and room. Never
    /// <see cref="ChunkStatus.Data"/>.
    /// </summary>
    /// <param name="input">Unconsumed bytes.</param>
    /// <param name="output">Room for data.</param>
    /// <param name="consumed">How much of the input is done with.</param>
    /// <param name="written">Bytes of data in the output; void when malformed.</param>
    public ChunkStatus Decode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        consumed = written = 0;
        do
        {
            TakeSmallChunks(input, output, ref consumed, ref written);
            var piece = input.Slice(consumed, Math.Min(input.Length - consumed, output.Length - written));
            var status = Step(piece, out var taken, out var data);
            consumed += taken;
            if (status is ChunkStatus.End or ChunkStatus.Malformed) return status;
            data.Of(piece).CopyTo(output[written..]);
            written += data.Length;
        }
        while (consumed < input.Length && written < output.Length);

        return ChunkStatus.NeedMore;
    }

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
                    DataBytes += data.Length;
                    _remaining -= data.Length;
                    if (_remaining == 0) _state = State.DataReturn;
                    return ChunkStatus.Data;
                case State.TrailerStart when input[consumed] != '\r':
                case State.Trailers:
                    consumed += ReadTrailers(input[consumed..]);
                    break;
                case State.Extension:
                    consumed += ReadExtensions(input[consumed..]);
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

    /// <summary>
    /// Whole chunks, as long as one after the other is at hand: a body of single bytes must not cost a call for each. Whatever else is
    /// there, malformed or cut, it leaves to <see cref="Step"/>.
    /// </summary>
    private void TakeSmallChunks(ReadOnlySpan<byte> input, Span<byte> output, ref int consumed, ref int written)
    {
        if (_state == State.DataReturn && IsLineEnd(input, consumed))
        {
            consumed += 2;
            _state = BeginSize();
        }

        if (_state != State.SizeStart) return;
        while (true)
        {
            var (size, start) = (0, consumed);
            for (; start < input.Length && start < consumed + FewSizeDigits && HexValue(input[start]) is >= 0 and var digit; start++)
                size = (size << 4) | digit;
            // Kept only if the chunk is whole.
            var extensions = _extensions;
            if (size > 0 && start < input.Length && input[start] == ';')
            {
                extensions.Begin();
                if (!extensions.Take(input[(start + 1)..], DataBytes, out var length) || !extensions.IsWhole) return;
                start += 1 + length;
            }

            var end = start + 2 + size;
            if (size == 0 || size > output.Length - written || !IsLineEnd(input, start) || !IsLineEnd(input, end)) return;
            _extensions = extensions;
            input[(start + 2)..end].CopyTo(output[written..]);
            DataBytes += size;
            written += size;
            consumed = end + 2;
        }
    }

    private static bool IsLineEnd(ReadOnlySpan<byte> input, int at) => at + 1 < input.Length && input[at] == '\r' && input[at + 1] == '\n';

    private State Next(byte value) => _state switch
    {
        State.SizeStart or State.Size => NextOfSize(value),
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
        if (value != ';') return State.Malformed;
        _extensions.Begin();
        return State.Extension;
    }

    /// <summary>With the CR behind them, if that has come.</summary>
    private int ReadExtensions(ReadOnlySpan<byte> input)
    {
        if (!_extensions.Take(input, DataBytes, out var consumed)) _state = State.Malformed;
        if (_state == State.Malformed || consumed == input.Length) return consumed;
        _state = _extensions.IsWhole ? State.SizeLineFeed : State.Malformed;
        return consumed + 1;
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
