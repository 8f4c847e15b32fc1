using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Http1;

/// <summary>Receives a backend's response head, passing interim responses on. Holds a buffer only from the first byte on.</summary>
internal sealed class ResponseReader(EventLoop loop, HttpSettings settings)
{
    /// <summary>Not a response; beside the codes of <see cref="IoResult"/>.</summary>
    public const int ProtocolError = -100;

    /// <summary>A head beyond our bounds; beside the codes of <see cref="IoResult"/>.</summary>
    public const int HeadTooLarge = -101;

    // What interim responses may have in all; and a byte more for every millisecond, so that a sign of life every second is none too many.
    private const int MostInterimBytes = 64 * 1024;

    private const long Never = long.MaxValue / 2;

    private byte[]? _buffer;
    private PoolTimes _times = null!;
    private long _beganAt;
    private long _interimBytes;
    private long _deadline;
    private long _lastDeadline;
    private int _start;
    private int _end;

    public ResponseHead Head { get; } = new();

    /// <summary>A byte of a response has arrived: the request must not be repeated.</summary>
    public bool SawResponse { get; private set; }

    /// <summary>What was received and not taken yet, the head first.</summary>
    public Memory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>The final head is there: whatever becomes of the request, the response has its own time.</summary>
    public bool IsFinal { get; private set; }

    /// <param name="times">Of the backend's pool.</param>
    public void Begin(PoolTimes times)
    {
        Head.Reset();
        (_times, _beganAt, _interimBytes, _deadline) = (times, loop.Now, 0, Never);
        SawResponse = IsFinal = false;
        _start = _end = 0;
    }

    /// <summary>
    /// From now on it is the backend's turn: its time for the response runs, anew with every interim response, but in all no longer than a
    /// tunnel may be silent.
    /// </summary>
    public void StartClock(Connection upstream)
    {
        if (IsFinal) return;
        _lastDeadline = loop.Now + _times.Tunnel;
        _deadline = loop.Now + _times.Response;
        upstream.RestartReadDeadline(_deadline);
    }

    /// <summary>It is the client's turn again. A wait under way finds out when its time is over.</summary>
    public void StopClock() => _deadline = Never;

    public void Take(int count) => _start += count;

    public void Release()
    {
        if (_buffer is null) return;
        loop.HeadBuffers.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
    }

    /// <returns><see cref="IoResult.Ready"/> with a final <see cref="Head"/>, <see cref="ProtocolError"/>, or why nothing came.</returns>
    public async LoopTask<int> ReadAsync(Connection upstream, Connection client, RequestHead request, RequestBody body)
    {
        while (true)
        {
            var status = SawResponse ? Head.Parse(Buffered.Span, request.Method) : HeadStatus.Incomplete;
            if (status == HeadStatus.Refused) return Head.IsTooLarge ? HeadTooLarge : ProtocolError;
            if (status == HeadStatus.Complete)
            {
                IsFinal = !Head.IsInterim;
                if (IsFinal) return IoResult.Ready;
                _interimBytes += Head.Length;
                if (_interimBytes > MostInterimBytes + loop.Now - _beganAt) return ProtocolError;
                var passed = await PassInterimAsync(client, request);
                if (passed != IoResult.Ready)
                {
                    // Half of it may have gone out: nothing well-formed can follow.
                    client.Abort();
                    return IoResult.Closed;
                }

                // Asked for its body, the client is waited for; else the backend has said that it is at work.
                if (Head.Status == 100 && body.GoAhead()) StopClock();
                else if (_deadline != Never) _deadline = Math.Min(loop.Now + _times.Response, _lastDeadline);
                Take(Head.Length);
                Head.Reset();
                continue;
            }

            if (_buffer is not null && !MakeRoom()) return HeadTooLarge;
            var ready = await upstream.WaitReadableAsync(_deadline);
            if (ready == IoResult.TimedOut && loop.Now < _deadline) continue;
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
            var length = ResponseHeadWriter.Write(output, Buffered.Span, Head,
                new ResponseForm(BodyFraming.None, Close: false, ToHttp10: false));
            // Without room for what we add it is left out: an interim answer is a hint.
            return length < 0 ? IoResult.Ready : await client.SendAsync(output.AsMemory(0, length), loop.Now + settings.BodyIdle);
        }
        finally
        {
            loop.HeadBuffers.Return(output);
        }
    }
}
