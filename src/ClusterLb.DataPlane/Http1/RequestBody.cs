using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// The body of the request at hand, on its way from the client to a backend, never more of it in memory than one buffer. What follows it
/// in the client's buffer belongs to the next request and stays there.
/// </summary>
internal sealed class RequestBody(HttpSettings settings)
{
    /// <summary>Bodies up to this many bytes are held whole when the request may be repeated.</summary>
    public const int MaxHeld = 64 * 1024;

    private const long Never = long.MaxValue / 2;

    private Connection _client = null!;
    private byte[] _input = [];
    private int _bodyStart;
    private byte[]? _held;
    private bool _cancelled;
    private bool _waitsForClient;
    private long _upstreamIdle;
    private BodyPace _pace;

    public BodyFraming Framing { get; private set; }

    /// <summary>Where in the client's buffer the bytes not taken yet begin and end.</summary>
    public int Start { get; private set; }

    public int End { get; private set; }

    /// <summary>Every byte of it was received from the client.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>It is whole in memory, or there is none: the request can be sent again.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>
    /// Its client waits to be asked for it (<c>Expect: 100-continue</c>, RFC 9110 section 10.1.1), and was not asked yet. Nothing of it has
    /// come, so the request can be sent again, and none of the client's clocks runs.
    /// </summary>
    public bool AwaitsGoAhead { get; private set; }

    /// <summary>It is the client's turn: while nothing comes, the backend need not say anything either.</summary>
    public bool AwaitsClient => _waitsForClient && !AwaitsGoAhead;

    /// <summary>Since when its client, who is waited for, is slower than the least rate; <see cref="long.MaxValue"/> = it is not.</summary>
    public long ShortSince => AwaitsClient ? _pace.ShortSince(Loop.Now, Received) : long.MaxValue;

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
        AwaitsGoAhead = head.ExpectsContinue && start == end;
        if (Framing.Kind != BodyKind.Length || end - start < Framing.Length) return;
        Start += (int)Framing.Length;
        Received = Framing.Length;
        IsComplete = IsHeld = true;
    }

    /// <summary>
    /// Receives the whole of a small body before anything is sent, so that an idempotent request with a body can be repeated. A buffer of
    /// its own it gets only once what has come fills the client's: an announced length alone takes no memory.
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

            var room = _held is null
                ? _input.AsMemory(End, Math.Min(_input.Length - End, length - have))
                : _held.AsMemory(have, length - have);
            Received = have;
            var received = await ReceiveFromClientAsync(room);
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
    /// <param name="head">The emitted request head, or nothing when it was sent; needed until this first waits for the client.</param>
    /// <param name="upstreamIdle">Milliseconds the backend may take over each piece, at most 64 KiB.</param>
    public LoopTask<BodyResult> SendAsync(Connection upstream, ReadOnlyMemory<byte> head, long upstreamIdle)
    {
        _upstreamIdle = upstreamIdle;
        return Framing.Kind switch
        {
            BodyKind.None => SendHeldAsync(upstream, head, default),
            BodyKind.Length when _held is not null => SendHeldAsync(upstream, head, _held.AsMemory(0, (int)Framing.Length)),
            BodyKind.Length when IsHeld => SendHeldAsync(upstream, head, _input.AsMemory(_bodyStart, (int)Framing.Length)),
            BodyKind.Length => StreamLengthAsync(upstream, head),
            _ => StreamChunksAsync(upstream, head),
        };
    }

    /// <summary>
    /// Waits until its client begins to send it, asked or not; <see cref="BodyResult.Sent"/>
    /// then. Until it is asked nothing bounds that but the backend's own time.
    /// </summary>
    public async LoopTask<BodyResult> WaitForBeginningAsync()
    {
        _cancelled = false;
        var ready = await WaitForClientAsync(AwaitsGoAhead ? Never : NextDeadline());
        if (ready != IoResult.Ready) return FromClient(ready);
        AwaitsGoAhead = false;
        return BodyResult.Sent;
    }

    /// <summary>The backend has asked for it, and its client was told: its clocks run from now on. False when it had not waited.</summary>
    public bool GoAhead()
    {
        if (!AwaitsGoAhead) return false;
        AwaitsGoAhead = false;
        _client.RestartReadDeadline(NextDeadline());
        return true;
    }

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

    /// <summary>Until when the client is waited for. A chunked body may be a stream with long pauses: only its idle time counts.</summary>
    private long NextDeadline()
    {
        var (idle, slow) = (Loop.Now + settings.BodyIdle, _pace.Wait(Loop.Now, Received));
        return Framing.Kind == BodyKind.Length ? Math.Min(idle, slow) : idle;
    }

    private async LoopTask<int> WaitForClientAsync(long deadline)
    {
        _waitsForClient = true;
        var ready = await _client.WaitReadableAsync(deadline);
        _waitsForClient = false;
        if (!AwaitsGoAhead) _pace.Waited(Loop.Now);
        return ready;
    }

    private async LoopTask<int> ReceiveFromClientAsync(Memory<byte> destination)
    {
        _waitsForClient = true;
        var received = await _client.ReceiveAsync(destination, NextDeadline());
        _waitsForClient = false;
        _pace.Waited(Loop.Now);
        return received;
    }

    private async LoopTask<BodyResult> SendHeldAsync(Connection upstream, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body) =>
        BodyResults.OfUpstream(await upstream.SendAsync(head, body, Loop.Now + _upstreamIdle));

    private async LoopTask<BodyResult> StreamLengthAsync(Connection upstream, ReadOnlyMemory<byte> head)
    {
        Received = End - Start;
        var sent = await upstream.SendAsync(head, _input.AsMemory(Start, End - Start), Loop.Now + _upstreamIdle);
        Start = End;
        if (sent != IoResult.Ready) return BodyResults.OfUpstream(sent);
        while (Received < Framing.Length)
        {
            if (_cancelled) return BodyResult.Cancelled;
            var ready = await WaitForClientAsync(NextDeadline());
            if (ready != IoResult.Ready) return FromClient(ready);
            var moved = Framing.Length - Received >= Pipe.WorthFrom && Pipe.Between(_client, upstream) is { } pipe
                ? await SpliceAvailableAsync(pipe, upstream)
                : await CopyAvailableAsync(upstream);
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
            return BodyResults.OfUpstream(await upstream.SendAsync(buffer.AsMemory(0, received), Loop.Now + _upstreamIdle));
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
            return BodyResults.OfUpstream(await pipe.DrainAsync(upstream, _upstreamIdle));
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
        // Nobody upstream has said that it takes trailers (TE speaks of a response's); some read them as the next request (CVE-2023-40175).
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
                    var sent = await upstream.SendAsync(head, output.AsMemory(start, length), Loop.Now + _upstreamIdle);
                    head = default;
                    if (sent != IoResult.Ready) return BodyResults.OfUpstream(sent);
                    if (IsComplete) return BodyResult.Sent;
                }
                finally
                {
                    Loop.BodyBuffers.Return(output);
                }
            }

            // All of it is consumed: the room behind the head is free again.
            Start = End = _bodyStart;
            var received = await ReceiveFromClientAsync(_input.AsMemory(End));
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
