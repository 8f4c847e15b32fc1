using ClusterLb.DataPlane.Http.Wire;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http;

internal enum BodyResult
{
    /// <summary>The backend has taken it, or as much of it as there was.</summary>
    Sent,

    /// <summary>The client closed or reset before its end.</summary>
    ClientGone,
    ClientTimedOut,
    Malformed,
    TooLarge,

    /// <summary>What we add to the head leaves no room for it.</summary>
    HeadTooLarge,

    /// <summary>The backend takes no more.</summary>
    UpstreamFailed,

    /// <summary>Nobody wants the rest.</summary>
    Cancelled,
}

/// <summary>
/// The body of the request at hand, on its way from the client to a backend, never more of it in memory than one buffer. What follows it
/// in the client's buffer belongs to the next request and stays there.
/// </summary>
internal sealed class RequestBody(HttpSettings settings)
{
    /// <summary>Bodies up to this many bytes are held whole when the request may be repeated.</summary>
    public const int MaxHeld = 64 * 1024;

    private Connection _client = null!;
    private byte[] _input = [];
    private int _bodyStart;
    private byte[]? _held;
    private bool _cancelled;
    private BodyPace _pace;

    public BodyFraming Framing { get; private set; }

    /// <summary>Where in the client's buffer the bytes not taken yet begin and end.</summary>
    public int Start { get; private set; }

    public int End { get; private set; }

    /// <summary>Every byte of it was received from the client.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>It is whole in memory, or there is none: the request can be sent again.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Bytes of data received so far, framing left out.</summary>
    public long Received { get; private set; }

    private EventLoop Loop => _client.Loop;

    /// <summary>Lets go of what is known of the last request's body, before the next one's head is read.</summary>
    public void Forget() => (Framing, Received) = (BodyFraming.None, 0);

    public void Begin(Connection client, byte[] input, int start, int end, RequestHead head)
    {
        _client = client;
        _input = input;
        _bodyStart = Start = start;
        End = end;
        Framing = head.Body;
        _cancelled = false;
        _pace = new BodyPace(settings.Limits.BodyRate);
        Received = 0;
        IsComplete = IsHeld = Framing.Kind == BodyKind.None;
        if (Framing.Kind != BodyKind.Length || end - start < Framing.Length) return;
        Start += (int)Framing.Length;
        Received = Framing.Length;
        IsComplete = IsHeld = true;
    }

    /// <summary>
    /// Receives the whole of a small body before anything is sent, so that an idempotent request with a body can be repeated. A buffer of its own it gets only once
    /// what has come fills the client's: an announced length alone takes no memory.
    /// </summary>
    public async LoopTask<BodyResult> HoldAsync()
    {
        var length = (int)Framing.Length;
        for (var have = End - Start; have < length;)
        {
            if (_held is null && End == _input.Length)
            {
                _held = Loop.BodyBuffers.Rent();
                _input.AsSpan(Start, have).CopyTo(_held);
            }

            var room = _held is null ? _input.AsMemory(End, Math.Min(_input.Length - End, length - have)) : _held.AsMemory(have, length - have);
            var received = await _client.ReceiveAsync(room, _pace.Wait(Loop.Now, have, settings.BodyIdle));
            _pace.Waited(Loop.Now);
            if (received <= 0) return FromClient(received);
            have += received;
            if (_held is null) End += received;
        }

        Start = End;
        Received = length;
        IsComplete = IsHeld = true;
        return BodyResult.Sent;
    }

    /// <summary>Sends the request's head and then its body, as fast as the slower side goes.</summary>
    /// <param name="upstream">Where to.</param>
    /// <param name="head">The emitted request head; not needed any more once this first waits for the client.</param>
    public LoopTask<BodyResult> SendAsync(Connection upstream, ReadOnlyMemory<byte> head) => Framing.Kind switch
    {
        BodyKind.None => SendHeldAsync(upstream, head, default),
        BodyKind.Length when _held is not null => SendHeldAsync(upstream, head, _held.AsMemory(0, (int)Framing.Length)),
        BodyKind.Length when IsHeld => SendHeldAsync(upstream, head, _input.AsMemory(_bodyStart, (int)Framing.Length)),
        BodyKind.Length => StreamLengthAsync(upstream, head),
        _ => StreamChunksAsync(upstream, head),
    };

    /// <summary>Stops receiving; what was under way ends with <see cref="BodyResult.Cancelled"/>.</summary>
    public void Cancel()
    {
        if (IsComplete) return;
        _cancelled = true;
        _client.CancelRead();
    }

    public void Release()
    {
        if (_held is null) return;
        Loop.BodyBuffers.Return(_held);
        _held = null;
    }

    private async LoopTask<BodyResult> SendHeldAsync(Connection upstream, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        var sent = await upstream.SendAsync(head, body, Loop.Now + settings.BodyIdle);
        return sent == IoResult.Ready ? BodyResult.Sent : BodyResult.UpstreamFailed;
    }

    private async LoopTask<BodyResult> StreamLengthAsync(Connection upstream, ReadOnlyMemory<byte> head)
    {
        Received = End - Start;
        var sent = await upstream.SendAsync(head, _input.AsMemory(Start, End - Start), Loop.Now + settings.BodyIdle);
        Start = End;
        if (sent != IoResult.Ready) return BodyResult.UpstreamFailed;
        while (Received < Framing.Length)
        {
            if (_cancelled) return BodyResult.Cancelled;
            var ready = await _client.WaitReadableAsync(_pace.Wait(Loop.Now, Received, settings.BodyIdle));
            _pace.Waited(Loop.Now);
            if (ready != IoResult.Ready) return FromClient(ready);
            var moved = Framing.Length - Received >= Pipe.WorthFrom && Loop.RentPipe() is { } pipe ? await SpliceAvailableAsync(pipe, upstream) : await CopyAvailableAsync(upstream);
            if (moved != BodyResult.Sent) return moved;
            if (_client.MayReceive) await Loop.Yield();
        }

        return BodyResult.Sent;
    }

    private async LoopTask<BodyResult> CopyAvailableAsync(Connection upstream)
    {
        var buffer = Loop.BodyBuffers.Rent();
        try
        {
            var received = _client.TryReceive(buffer.AsSpan(0, (int)Math.Min(buffer.Length, Framing.Length - Received)));
            if (received == IoResult.WouldBlock) return BodyResult.Sent;
            if (received <= 0) return FromClient(received);
            Count(received);
            var sent = await upstream.SendAsync(buffer.AsMemory(0, received), Loop.Now + settings.BodyIdle);
            return sent == IoResult.Ready ? BodyResult.Sent : BodyResult.UpstreamFailed;
        }
        finally
        {
            Loop.BodyBuffers.Return(buffer);
        }
    }

    private async LoopTask<BodyResult> SpliceAvailableAsync(Pipe pipe, Connection upstream)
    {
        try
        {
            var filled = pipe.Fill(_client, Framing.Length - Received);
            if (filled == IoResult.WouldBlock) return BodyResult.Sent;
            if (filled <= 0) return FromClient(filled);
            Count(filled);
            return await pipe.DrainAsync(upstream, settings.BodyIdle) == IoResult.Ready ? BodyResult.Sent : BodyResult.UpstreamFailed;
        }
        finally
        {
            Loop.ReturnPipe(pipe);
        }
    }

    private void Count(int received)
    {
        Received += received;
        IsComplete = Received == Framing.Length;
    }

    private async LoopTask<BodyResult> StreamChunksAsync(Connection upstream, ReadOnlyMemory<byte> head)
    {
        // Nobody upstream has said that it takes trailers (TE speaks of a response's), and some servers read them as the next request (CVE-2023-40175).
        var reframer = new ChunkReframer(framed: true, passTrailers: false);
        while (true)
        {
            while (Start < End || !head.IsEmpty)
            {
                var output = Loop.BodyBuffers.Rent();
                try
                {
                    var status = reframer.Step(_input.AsSpan(Start, End - Start), output, out var consumed, out var start, out var length);
                    Start += consumed;
                    Received = reframer.DataBytes;
                    IsComplete = status == ChunkStatus.End;
                    if (status == ChunkStatus.Malformed) return BodyResult.Malformed;
                    if (settings.Limits.BodyBytes != 0 && Received > settings.Limits.BodyBytes) return BodyResult.TooLarge;
                    var sent = await upstream.SendAsync(head, output.AsMemory(start, length), Loop.Now + settings.BodyIdle);
                    head = default;
                    if (sent != IoResult.Ready) return BodyResult.UpstreamFailed;
                    if (IsComplete) return BodyResult.Sent;
                }
                finally
                {
                    Loop.BodyBuffers.Return(output);
                }
            }

            // All of it is consumed: the room behind the head is free again.
            Start = End = _bodyStart;
            var received = await _client.ReceiveAsync(_input.AsMemory(End), Loop.Now + settings.BodyIdle);
            if (received <= 0) return FromClient(received);
            End += received;
            if (_client.MayReceive) await Loop.Yield();
        }
    }

    private BodyResult FromClient(int status) => status switch
    {
        _ when _cancelled => BodyResult.Cancelled,
        IoResult.TimedOut => BodyResult.ClientTimedOut,
        _ => BodyResult.ClientGone,
    };
}
