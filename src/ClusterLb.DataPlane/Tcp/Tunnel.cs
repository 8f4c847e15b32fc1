using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tcp;

/// <summary>
/// Passes bytes both ways between a client and a backend until both have said all: TCP connections and upgraded HTTP connections alike.
/// A side that ends its sending is passed on as FIN while the other direction goes on. A buffer is held only while there are bytes in it.
/// </summary>
internal sealed class Tunnel
{
    // One fast stream must not keep the loop's other connections waiting.
    private const int TransfersPerTurn = 16;

    // Tunnels are quiet for good reasons, but not all of them for long.
    private const int QuietMilliseconds = 60_000;

    private readonly EventLoop _loop;
    private readonly Direction _up;
    private readonly Direction _down;
    private readonly long _idleMilliseconds;
    private readonly ITunnelObserver? _observer;
    private long _lastActivity;

    /// <param name="client">One side.</param>
    /// <param name="upstream">The other.</param>
    /// <param name="idleMilliseconds">Without a byte either way it ends.</param>
    /// <param name="observer">Is told when the backend speaks for the first time; null = nobody wants to know.</param>
    public Tunnel(Connection client, Connection upstream, long idleMilliseconds, ITunnelObserver? observer = null)
    {
        _observer = observer;
        _loop = client.Loop;
        _up = new Direction(client, upstream);
        _down = new Direction(upstream, client);
        _idleMilliseconds = idleMilliseconds;
        _lastActivity = _loop.Now;
    }

    public long BytesToUpstream => _up.Bytes;

    public long BytesToClient => _down.Bytes;

    public TunnelEnd End { get; private set; }

    /// <summary>
    /// Since when it is at a standstill: the client takes nothing, or nobody has said anything for a minute. Monotonic milliseconds;
    /// <see cref="long.MaxValue"/> = it is not.
    /// </summary>
    public long StallsFrom => Math.Min(_up.From.SendDeadline - _idleMilliseconds ?? long.MaxValue, _lastActivity + QuietMilliseconds);


    /// <summary>Returns when nothing flows any more; both connections are then closed.</summary>
    public async LoopTask<TunnelEnd> RunAsync()
    {
        var up = PassAsync(_up);
        var down = PassAsync(_down);
        await up;
        await down;
        _up.From.Close();
        _down.From.Close();
        return End;
    }

    private async LoopTask<bool> PassAsync(Direction direction)
    {
        while (true)
        {
            var ready = await direction.From.WaitReadableAsync(_lastActivity + _idleMilliseconds);
            // The other direction may have moved bytes since this wait began.
            if (ready == IoResult.TimedOut && _loop.Now < _lastActivity + _idleMilliseconds) continue;
            var moved = ready == IoResult.Ready ? await MoveAvailableAsync(direction) : ready;
            if (moved == IoResult.Ready) continue;
            if (moved == IoResult.EndOfStream)
            {
                // The second end closes both connections anyway.
                if (End == TunnelEnd.Running) direction.To.ShutdownSend();
                if (End == TunnelEnd.Running) End = direction == _up ? TunnelEnd.ClientFinished : TunnelEnd.UpstreamFinished;
                return true;
            }

            Fail(moved, direction);
            return false;
        }
    }

    /// <returns>
    /// <see cref="IoResult.Ready"/> when all that was there is passed on, <see cref="IoResult.EndOfStream"/>, or why it broke.
    /// </returns>
    private async LoopTask<int> MoveAvailableAsync(Direction direction)
    {
        var moved = direction.IsBulk ? IoResult.Ready : await CopyAvailableAsync(direction);
        if (moved != IoResult.Ready || !direction.IsBulk) return moved;
        if (Pipe.Between(direction.From, direction.To) is { } pipe) return await SpliceAvailableAsync(direction, pipe);
        direction.IsBulk = false;
        return IoResult.Ready;
    }

    /// <summary>Stops early, with <see cref="Direction.IsBulk"/> set, when there is so much that splicing pays.</summary>
    private async LoopTask<int> CopyAvailableAsync(Direction direction)
    {
        var buffer = _loop.BodyBuffers.Rent();
        try
        {
            while (!direction.IsBulk)
            {
                var received = direction.From.TryReceive(buffer);
                if (received == IoResult.WouldBlock) return IoResult.Ready;
                if (received <= 0) return received;
                if (direction == _down && direction.Bytes == 0) _observer?.FirstByteCame();
                var began = _lastActivity = _loop.Now;
                var sent = await direction.To.SendAsync(buffer.AsMemory(0, received), _loop.Now + _idleMilliseconds);
                if (sent != IoResult.Ready) return sent;
                direction.Bytes += received;
                if (received < buffer.Length) continue;
                direction.IsBulk = Pipe.Fits(direction.From, direction.To) && _loop.Now - began < Pipe.SlowMilliseconds;
                await _loop.Yield();
            }

            return IoResult.Ready;
        }
        finally
        {
            _loop.BodyBuffers.Return(buffer);
        }
    }

    private async LoopTask<int> SpliceAvailableAsync(Direction direction, Pipe pipe)
    {
        try
        {
            for (var transfers = 1; ; transfers++)
            {
                if (transfers % TransfersPerTurn == 0) await _loop.Yield();
                var filled = pipe.Fill(direction.From, long.MaxValue);
                if (filled == IoResult.WouldBlock) return IoResult.Ready;
                if (filled <= 0) return filled;
                var began = _lastActivity = _loop.Now;
                var drained = await pipe.DrainAsync(direction.To, _idleMilliseconds);
                if (drained != IoResult.Ready) return drained;
                direction.Bytes += filled;
                var isSlow = _loop.Now - began >= Pipe.SlowMilliseconds;
                direction.IsBulk = filled >= Pipe.WorthFrom && !isSlow;
                if (isSlow) return IoResult.Ready;
            }
        }
        finally
        {
            _loop.ReturnPipe(pipe);
        }
    }

    private void Fail(int status, Direction direction)
    {
        var (client, upstream) = (_up.From, _down.From);
        if (status != IoResult.Closed)
        {
            var byClient = direction == _up ? client.IsBroken : !upstream.IsBroken;
            End = status == IoResult.TimedOut ? TunnelEnd.Idle : byClient ? TunnelEnd.ClientReset : TunnelEnd.UpstreamReset;
        }

        // A stream cut short must not look like one that ended well.
        if (End is TunnelEnd.UpstreamReset) client.Abort();
        if (End is TunnelEnd.ClientReset) upstream.Abort();
        client.Close();
        upstream.Close();
    }

    private sealed class Direction(Connection from, Connection to)
    {
        public Connection From => from;

        public Connection To => to;

        public long Bytes { get; set; }

        /// <summary>More comes at a time than a buffer holds: moving it without copying is worth the extra calls.</summary>
        public bool IsBulk { get; set; }
    }
}

/// <summary>Whoever wants to know what happens in a tunnel.</summary>
internal interface ITunnelObserver
{
    /// <summary>The backend has said something, once. On the loop, before it is passed on.</summary>
    void FirstByteCame();
}

internal enum TunnelEnd
{
    Running,
    ClientFinished,
    UpstreamFinished,
    ClientReset,
    UpstreamReset,
    Idle,
}
