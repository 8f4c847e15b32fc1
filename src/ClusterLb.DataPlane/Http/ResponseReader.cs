using ClusterLb.DataPlane.Http.Wire;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http;

/// <summary>Receives a backend's response head, passing interim responses on. Holds a buffer only from the first byte on.</summary>
internal sealed class ResponseReader(EventLoop loop, HttpSettings settings)
{
    /// <summary>Not a response; beside the codes of <see cref="IoResult"/>.</summary>
    public const int ProtocolError = -100;

    private const int MaxInterimResponses = 16;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    public ResponseHead Head { get; } = new();

    /// <summary>A byte of a response has arrived: the request must not be repeated.</summary>
    public bool SawResponse { get; private set; }

    /// <summary>What was received and not taken yet, the head first.</summary>
    public Memory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>When the wait for the head ends, monotonic milliseconds; far off until the request is sent.</summary>
    public long Deadline { get; set; }

    public void Begin()
    {
        Head.Reset();
        SawResponse = false;
        Deadline = long.MaxValue / 2;
        _start = _end = 0;
    }

    public void Take(int count) => _start += count;

    public void Release()
    {
        if (_buffer is null) return;
        loop.HeadBuffers.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
    }

    /// <returns><see cref="IoResult.Ready"/> with a final <see cref="Head"/>, <see cref="ProtocolError"/>, or why nothing came.</returns>
    public async LoopTask<int> ReadAsync(Connection upstream, Connection client, RequestHead request)
    {
        for (var interim = 0; ;)
        {
            var status = SawResponse ? Head.Parse(Buffered.Span, request.Method) : HeadStatus.Incomplete;
            if (status == HeadStatus.Refused) return ProtocolError;
            if (status == HeadStatus.Complete)
            {
                if (!Head.IsInterim) return IoResult.Ready;
                if (++interim > MaxInterimResponses) return ProtocolError;
                var passed = await PassInterimAsync(client, request);
                if (passed != IoResult.Ready)
                {
                    // Half of it may have gone out: nothing well-formed can follow.
                    client.Abort();
                    return IoResult.Closed;
                }

                Take(Head.Length);
                Head.Reset();
                continue;
            }

            if (_buffer is not null && !MakeRoom()) return ProtocolError;
            var ready = await upstream.WaitReadableAsync(Deadline);
            if (ready != IoResult.Ready) return ready;
            _buffer ??= loop.HeadBuffers.Rent();
            var received = upstream.TryReceive(_buffer.AsSpan(_end));
            if (received == IoResult.WouldBlock) continue;
            if (received <= 0) return received;
            SawResponse = true;
            _end += received;
        }
    }

    private bool MakeRoom()
    {
        if (_end < _buffer!.Length) return true;
        if (_start == 0) return false;
        Buffered.Span.CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        return true;
    }

    /// <summary>100 goes only to a client that asked; the others to whoever speaks HTTP/1.1 (RFC 9110, 15.2).</summary>
    private LoopTask<int> PassInterimAsync(Connection client, RequestHead request)
    {
        var wanted = !request.IsHttp10 && (Head.Status != 100 || request.ExpectsContinue);
        return wanted ? SendInterimAsync(client) : new LoopTask<int>(IoResult.Ready);
    }

    private async LoopTask<int> SendInterimAsync(Connection client)
    {
        var output = loop.HeadBuffers.Rent();
        try
        {
            var length = ResponseHeadWriter.Write(output, Buffered.Span, Head, new ResponseForm(BodyFraming.None, Close: false, ToHttp10: false));
            return length < 0 ? IoResult.Closed : await client.SendAsync(output.AsMemory(0, length), loop.Now + settings.BodyIdle);
        }
        finally
        {
            loop.HeadBuffers.Return(output);
        }
    }
}
