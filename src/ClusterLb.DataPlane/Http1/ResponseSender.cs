using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

internal enum ResponseEnd
{
    /// <summary>Nothing went to the client yet.</summary>
    NotStarted,

    /// <summary>Nothing went to the client: what we add to the head leaves no room for it.</summary>
    HeadTooLarge,

    /// <summary>More is to come.</summary>
    Incomplete,
    Complete,

    /// <summary>The backend ended before its response did.</summary>
    UpstreamBroke,
    UpstreamTimedOut,
    ClientBroke,

    /// <summary>The backend's drain ended before its response did.</summary>
    Cut,
}

/// <summary>
/// Sends a response to the client: head and first bytes in one call, the rest as
/// fast as the slower side goes, a buffer held only while there is something in it.
/// </summary>
internal sealed class ResponseSender(EventLoop loop, HttpSettings settings, ResponseReader reader, RequestBody body, DateLine date)
{
    // One fast stream must not keep the loop's other connections waiting.
    private const int TransfersPerTurn = 16;

    private const int CopiedEnd = 4 * 1024;

    // Copying so little costs less than the kernel's gathering it from two places.
    private const int MaxJoined = 4 * 1024;

    private static readonly byte[] s_lastChunk = "0\r\n\r\n"u8.ToArray();
    private static readonly byte[] s_chunkEnd = "\r\n"u8.ToArray();

    private Connection _client = null!;
    private Connection _upstream = null!;
    private long _idle;
    private bool _isSlow;
    private ChunkReframer _reframer;

    // Bytes of the body still to come.
    private long _left;

    /// <summary>Bytes sent to the client, head included.</summary>
    public long BytesSent { get; private set; }

    /// <summary>The backend sent more than its response: its connection says things nobody asked for and is not used again.</summary>
    public bool HasSurplus { get; private set; }

    /// <param name="idle">Milliseconds the backend may be silent in the middle of a body.</param>
    /// <param name="form">How it goes out.</param>
    public LoopTask<ResponseEnd> RunAsync(Connection client, Connection upstream, long idle, in ResponseForm form)
    {
        (_client, _upstream, _idle, _isSlow, BytesSent, HasSurplus) = (client, upstream, idle, false, 0, false);
        _reframer = new ChunkReframer(form.Body.Kind == BodyKind.Chunked, form.PassTrailers);
        return reader.Head.Body.Kind switch
        {
            BodyKind.Chunked => RelayChunksAsync(form),
            BodyKind.UntilClose => RelayUntilCloseAsync(form),
            _ => RelayLengthAsync(reader.Head.Body.Length, form),
        };
    }

    private async LoopTask<ResponseEnd> RelayLengthAsync(long length, ResponseForm form)
    {
        var buffered = reader.Buffered[reader.Head.Length..];
        HasSurplus = buffered.Length > length;
        if (HasSurplus) buffered = buffered[..(int)length];
        _left = length - buffered.Length;
        var status = await SendHeadAsync(form, buffered);
        while (status == ResponseEnd.Complete && _left > 0)
        {
            status = await WaitAsync();
            if (status != ResponseEnd.Complete) return status;
            status = _left >= Pipe.WorthFrom && !_isSlow && Pipe.Between(_upstream, _client) is { } pipe
                ? await SpliceAvailableAsync(pipe)
                : await CopyAvailableAsync();
        }

        return status;
    }

    private async LoopTask<ResponseEnd> CopyAvailableAsync()
    {
        var buffer = loop.BodyBuffers.Rent();
        try
        {
            for (var transfers = 0; _left > 0 && transfers < TransfersPerTurn; transfers++)
            {
                // Room for more than is due: only a short read says that nothing follows.
                var received = _upstream.TryReceive(buffer);
                if (received == IoResult.WouldBlock) break;
                if (received <= 0) return ResponseEnd.UpstreamBroke;
                var due = (int)Math.Min(received, _left);
                HasSurplus = received > due;
                _left -= due;
                var began = loop.Now;
                if (!await SendAsync(buffer.AsMemory(0, due))) return ResponseEnd.ClientBroke;
                if (due == buffer.Length) _isSlow = loop.Now - began >= Pipe.SlowMilliseconds;
            }

            return ResponseEnd.Complete;
        }
        finally
        {
            loop.BodyBuffers.Return(buffer);
        }
    }

    /// <summary>All but the end of the body, which is received into a buffer to see whether anything follows.</summary>
    private async LoopTask<ResponseEnd> SpliceAvailableAsync(Pipe pipe)
    {
        try
        {
            for (var transfers = 0; _left > CopiedEnd && transfers < TransfersPerTurn && !_isSlow; transfers++)
            {
                var began = loop.Now;
                var filled = pipe.Fill(_upstream, _left - CopiedEnd);
                if (filled == IoResult.WouldBlock) break;
                if (filled <= 0) return ResponseEnd.UpstreamBroke;
                _left -= filled;
                BytesSent += filled;
                if (await pipe.DrainAsync(_client, settings.BodyIdle) != IoResult.Ready) return ResponseEnd.ClientBroke;
                _isSlow = loop.Now - began >= Pipe.SlowMilliseconds;
            }

            return ResponseEnd.Complete;
        }
        finally
        {
            loop.ReturnPipe(pipe);
        }
    }

    private async LoopTask<ResponseEnd> RelayUntilCloseAsync(ResponseForm form)
    {
        var framed = form.Body.Kind == BodyKind.Chunked;
        var first = reader.Buffered[reader.Head.Length..];
        var status = await SendHeadAsync(form, default);
        if (status == ResponseEnd.Complete && first.Length > 0 && !await SendPieceAsync(first, framed)) return ResponseEnd.ClientBroke;
        while (status == ResponseEnd.Complete)
        {
            status = await WaitAsync();
            if (status != ResponseEnd.Complete) return status;
            var buffer = loop.BodyBuffers.Rent();
            try
            {
                var received = _upstream.TryReceive(buffer);
                if (received == IoResult.WouldBlock) continue;
                // Only an orderly close is an end; a reset is a body cut short.
                if (received == IoResult.EndOfStream)
                    return !framed || await SendAsync(s_lastChunk) ? ResponseEnd.Complete : ResponseEnd.ClientBroke;
                if (received < 0) return ResponseEnd.UpstreamBroke;
                if (!await SendPieceAsync(buffer.AsMemory(0, received), framed)) return ResponseEnd.ClientBroke;
            }
            finally
            {
                loop.BodyBuffers.Return(buffer);
            }
        }

        return status;
    }

    private async LoopTask<ResponseEnd> RelayChunksAsync(ResponseForm form)
    {
        var status = await PassChunksAsync(reader.Buffered[reader.Head.Length..], form, isFirst: true);
        while (status == ResponseEnd.Incomplete)
        {
            status = await WaitAsync();
            if (status != ResponseEnd.Complete) return status;
            var buffer = loop.BodyBuffers.Rent();
            try
            {
                var received = _upstream.TryReceive(buffer);
                if (received == IoResult.WouldBlock) status = ResponseEnd.Incomplete;
                else if (received <= 0) return ResponseEnd.UpstreamBroke;
                else status = await PassChunksAsync(buffer.AsMemory(0, received), form, isFirst: false);
            }
            finally
            {
                loop.BodyBuffers.Return(buffer);
            }
        }

        return status;
    }

    /// <summary>
    /// Passes on what is received; with the first piece goes the head, so that a malformed first chunk can still be answered with 502.
    /// </summary>
    private async LoopTask<ResponseEnd> PassChunksAsync(ReadOnlyMemory<byte> received, ResponseForm form, bool isFirst)
    {
        var output = loop.BodyBuffers.Rent();
        try
        {
            do
            {
                var chunk = _reframer.Step(received.Span, output, out var consumed, out var start, out var length);
                if (chunk == ChunkStatus.Malformed) return isFirst ? ResponseEnd.NotStarted : ResponseEnd.UpstreamBroke;
                received = received[consumed..];
                var piece = output.AsMemory(start, length);
                if (isFirst && await SendHeadAsync(form, piece) is var sent && sent != ResponseEnd.Complete) return sent;
                if (!isFirst && length > 0 && !await SendAsync(piece)) return ResponseEnd.ClientBroke;
                isFirst = false;
                if (chunk != ChunkStatus.End) continue;
                HasSurplus = received.Length > 0;
                return ResponseEnd.Complete;
            }
            while (received.Length > 0);

            return ResponseEnd.Incomplete;
        }
        finally
        {
            loop.BodyBuffers.Return(output);
        }
    }

    /// <summary>Sends the response's head and the first bytes of its body as one.</summary>
    private async LoopTask<ResponseEnd> SendHeadAsync(ResponseForm form, ReadOnlyMemory<byte> body)
    {
        var output = loop.HeadBuffers.Rent();
        try
        {
            var length = ResponseHeadWriter.Write(output, reader.Buffered.Span, reader.Head, form, date.At(loop.Now));
            if (length < 0) return ResponseEnd.HeadTooLarge;
            BytesSent += length + body.Length;
            if (body.Length <= Math.Min(MaxJoined, output.Length - length))
            {
                body.CopyTo(output.AsMemory(length));
                (length, body) = (length + body.Length, default);
            }

            var sent = await _client.SendAsync(output.AsMemory(0, length), body, loop.Now + settings.BodyIdle);
            return sent == IoResult.Ready ? ResponseEnd.Complete : ResponseEnd.ClientBroke;
        }
        finally
        {
            loop.HeadBuffers.Return(output);
        }
    }

    /// <summary>As a chunk of its own, or bare.</summary>
    private LoopTask<bool> SendPieceAsync(ReadOnlyMemory<byte> piece, bool framed) => framed ? SendChunkAsync(piece) : SendAsync(piece);

    private async LoopTask<bool> SendChunkAsync(ReadOnlyMemory<byte> data)
    {
        var output = loop.HeadBuffers.Rent();
        try
        {
            var start = ChunkedEncoder.WriteHeaderBefore(output, ChunkedEncoder.MaxHeaderBytes, data.Length);
            return await SendAsync(output.AsMemory(start, ChunkedEncoder.MaxHeaderBytes - start), data) && await SendAsync(s_chunkEnd);
        }
        finally
        {
            loop.HeadBuffers.Return(output);
        }
    }

    private async LoopTask<bool> SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default)
    {
        BytesSent += first.Length + second.Length;
        return await _client.SendAsync(first, second, loop.Now + settings.BodyIdle) == IoResult.Ready;
    }

    private async LoopTask<ResponseEnd> WaitAsync()
    {
        if (_upstream.MayReceive) await loop.Yield();
        int ready;
        do ready = await _upstream.WaitReadableAsync(loop.Now + _idle);
        // A backend that waits for the rest of the request may be silent: it is the client's clock that runs then.
        while (ready == IoResult.TimedOut && body.AwaitsClient);
        return ready switch
        {
            IoResult.Ready => ResponseEnd.Complete,
            IoResult.TimedOut => ResponseEnd.UpstreamTimedOut,
            _ => ResponseEnd.UpstreamBroke,
        };
    }
}
