using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tcp;

/// <summary>
/// Copies bytes both ways between a client and a backend until both have said all: TCP connections and upgraded HTTP connections alike.
/// A side that ends its sending is passed on as FIN while the other direction goes on. A buffer is held only while there are bytes in it.
/// </summary>
internal sealed class Relay(Connection client, Connection upstream, long idleMilliseconds)
{
    // One fast stream must not keep the loop's other connections waiting.
    private const int TransfersPerTurn = 16;

    private readonly EventLoop _loop = client.Loop;
    private long _lastActivity = client.Loop.Now;
    private bool _halfDone;

    public long BytesToUpstream { get; private set; }

    public long BytesToClient { get; private set; }

    public RelayEnd End { get; private set; }

    /// <summary>Returns when nothing flows any more; both connections are then closed.</summary>
    public async LoopTask<RelayEnd> RunAsync()
    {
        var up = CopyAsync(client, upstream, toUpstream: true);
        var down = CopyAsync(upstream, client, toUpstream: false);
        await up;
        await down;
        client.Close();
        upstream.Close();
        return End;
    }

    private async LoopTask<bool> CopyAsync(Connection from, Connection to, bool toUpstream)
    {
        while (true)
        {
            var ready = await from.WaitReadableAsync(_lastActivity + idleMilliseconds);
            // The other direction may have moved bytes since this wait began.
            if (ready == IoResult.TimedOut && _loop.Now < _lastActivity + idleMilliseconds) continue;
            var moved = ready == IoResult.Ready ? await MoveAvailableAsync(from, to, toUpstream) : ready;
            if (moved == IoResult.Ready) continue;
            if (moved == IoResult.EndOfStream)
            {
                if (End == RelayEnd.Running) End = toUpstream ? RelayEnd.ClientFinished : RelayEnd.UpstreamFinished;
                // The second end closes both connections anyway.
                if (!_halfDone) to.ShutdownSend();
                _halfDone = true;
                return true;
            }

            Fail(moved, toUpstream);
            return false;
        }
    }

    /// <returns><see cref="IoResult.Ready"/> when all that was there is passed on, <see cref="IoResult.EndOfStream"/>, or why it broke.</returns>
    private LoopTask<int> MoveAvailableAsync(Connection from, Connection to, bool toUpstream) =>
        (toUpstream ? BytesToUpstream : BytesToClient) >= Pipe.WorthFrom && _loop.RentPipe() is { } pipe
            ? SpliceAvailableAsync(pipe, from, to, toUpstream)
            : CopyAvailableAsync(from, to, toUpstream);

    private async LoopTask<int> SpliceAvailableAsync(Pipe pipe, Connection from, Connection to, bool toUpstream)
    {
        try
        {
            for (var transfers = 1; ; transfers++)
            {
                if (transfers % TransfersPerTurn == 0) await _loop.Yield();
                var filled = pipe.Fill(from, long.MaxValue);
                if (filled == IoResult.WouldBlock) return IoResult.Ready;
                if (filled <= 0) return filled;
                _lastActivity = _loop.Now;
                var drained = await pipe.DrainAsync(to, idleMilliseconds);
                if (drained != IoResult.Ready) return drained;
                Count(filled, toUpstream);
            }
        }
        finally
        {
            _loop.ReturnPipe(pipe);
        }
    }

    private async LoopTask<int> CopyAvailableAsync(Connection from, Connection to, bool toUpstream)
    {
        var buffer = _loop.BodyBuffers.Rent();
        try
        {
            for (var transfers = 1; ; transfers++)
            {
                if (transfers % TransfersPerTurn == 0) await _loop.Yield();
                var received = from.TryReceive(buffer);
                if (received == IoResult.WouldBlock) return IoResult.Ready;
                if (received <= 0) return received;
                _lastActivity = _loop.Now;
                var sent = await to.SendAsync(buffer.AsMemory(0, received), _loop.Now + idleMilliseconds);
                if (sent != IoResult.Ready) return sent;
                Count(received, toUpstream);
            }
        }
        finally
        {
            _loop.BodyBuffers.Return(buffer);
        }
    }

    private void Count(int bytes, bool toUpstream)
    {
        if (toUpstream) BytesToUpstream += bytes;
        else BytesToClient += bytes;
    }

    private void Fail(int status, bool toUpstream)
    {
        if (status != IoResult.Closed)
        {
            var byClient = toUpstream ? client.IsBroken : !upstream.IsBroken;
            End = status == IoResult.TimedOut ? RelayEnd.Idle : byClient ? RelayEnd.ClientReset : RelayEnd.UpstreamReset;
        }

        // A stream cut short must not look like one that ended well.
        if (End is RelayEnd.UpstreamReset) client.Abort();
        if (End is RelayEnd.ClientReset) upstream.Abort();
        client.Close();
        upstream.Close();
    }
}

internal enum RelayEnd
{
    Running,
    ClientFinished,
    UpstreamFinished,
    ClientReset,
    UpstreamReset,
    Idle,
}
