namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// A stream to a client or a backend, owned by one event loop and used on its thread only. One receive and one send may wait at a time.
/// Waits complete inline on the loop, so code that awaits them is straight-line and allocates nothing. Deadlines are absolute, in the
/// loop's monotonic milliseconds; a deadline that passes ends the wait with <see cref="IoResult.TimedOut"/>, never with an exception.
/// </summary>
internal abstract class Connection(EventLoop loop) : LoopTimer
{
    private const int LeaveMilliseconds = 1_000;

    // A peer that still sends so many buffers at a time has no mind to finish.
    private const int MostDiscarded = 16;

    private readonly ConnectionWait _reading = new();
    private readonly ConnectionWait _writing = new();
    private Memory<byte> _receiveInto;
    private PendingSend _sending;

    public EventLoop Loop { get; } = loop;

    public PeerAddress Peer { get; protected init; }

    /// <summary>Told when the peer goes away while nobody reads; null = nobody cares.</summary>
    public IHangupObserver? HangupObserver
    {
        get;
        set
        {
            field = value;
            if (value is not null && !IsClosed) ArmRead();
        }
    }

    public bool IsClosed { get; private set; }

    /// <summary>The peer may have sent something, or closed: receiving is worth a call.</summary>
    public virtual bool MayReceive { get; protected set; }

    /// <summary>The peer closed its sending side or reset; bytes may still be there to receive.</summary>
    public virtual bool PeerHasClosed { get; protected set; }

    public virtual bool IsBroken { get; protected set; }

    /// <summary>Bytes are on the wire as they are given, so splice(2) may move them: see <see cref="Pipe.Between"/>.</summary>
    public virtual bool CanSplice => false;

    /// <summary>Who wraps it, reads and writes it, and hears of its events in its stead; null = nobody does.</summary>
    internal WrappingConnection? Wrapper { get; set; }

    /// <summary>Until when a send that waits for the peer may wait, monotonic milliseconds; null = none waits.</summary>
    public long? SendDeadline => _writing.IsWaiting ? _writing.Deadline : null;

    /// <summary>Closed to its users, but its socket still waits for the peer to finish.</summary>
    protected bool IsLeaving { get; private set; }

    /// <summary>Waits, without a buffer, until something may be received. <see cref="IoResult.Ready"/>, or why not.</summary>
    public LoopTask<int> WaitReadableAsync(long deadline)
    {
        if (MayReceive) return new LoopTask<int>(IoResult.Ready);
        return BeginRead(default, deadline);
    }

    /// <summary>Receives at least one byte. The count, <see cref="IoResult.EndOfStream"/>, or why not.</summary>
    public LoopTask<int> ReceiveAsync(Memory<byte> destination, long deadline)
    {
        if (MayReceive)
        {
            var received = TryReceive(destination.Span);
            if (received != IoResult.WouldBlock) return new LoopTask<int>(received);
        }

        return BeginRead(destination, deadline);
    }

    /// <summary>Receives what is there now, or <see cref="IoResult.WouldBlock"/>.</summary>
    public int TryReceive(Span<byte> destination)
    {
        if (IsClosed) return IoResult.Closed;
        return MayReceive ? ReceiveNow(destination) : IoResult.WouldBlock;
    }

    /// <summary>Sends all of both parts, gathered where the kernel can. <see cref="IoResult.Ready"/>, or why not.</summary>
    public LoopTask<int> SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, long deadline)
    {
        if (IsClosed) return new LoopTask<int>(IoResult.Closed);
        var sent = SendNow(first, second);
        if (sent == first.Length + second.Length) return new LoopTask<int>(IoResult.Ready);
        if (sent is < 0 and not IoResult.WouldBlock) return new LoopTask<int>(sent);
        _sending = new PendingSend(first, second, Math.Max(sent, 0));
        var result = ContinueSend();
        if (result != IoResult.WouldBlock) return new LoopTask<int>(result);
        Loop.Timers.EnsureBy(this, deadline);
        ArmWrite();
        return _writing.Begin(deadline);
    }

    public LoopTask<int> SendAsync(ReadOnlyMemory<byte> bytes, long deadline) => SendAsync(bytes, default, deadline);

    /// <summary>Waits until there may be room to send. <see cref="IoResult.Ready"/>, or why not.</summary>
    public LoopTask<int> WaitWritableAsync(long deadline)
    {
        if (IsClosed) return new LoopTask<int>(IoResult.Closed);
        Loop.Timers.EnsureBy(this, deadline);
        ArmWrite();
        return _writing.Begin(deadline);
    }

    /// <summary>Gives the receive that waits now, if one does, another deadline.</summary>
    public void RestartReadDeadline(long deadline)
    {
        if (!_reading.IsWaiting) return;
        _reading.Deadline = deadline;
        Loop.Timers.EnsureBy(this, deadline);
    }

    /// <summary>Ends the receive that waits now, if one does, with <see cref="IoResult.Closed"/>; the connection stays open.</summary>
    public void CancelRead()
    {
        if (_reading.IsWaiting) CompleteRead(IoResult.Closed);
    }

    /// <summary>The peer has neither closed nor sent anything: asks the kernel, for when a wrong guess could not be repaired.</summary>
    public abstract bool IsQuietNow();

    /// <summary>Sends FIN; receiving goes on.</summary>
    public abstract void ShutdownSend();

    /// <summary>Closes in order. What waits here ends with <see cref="IoResult.Closed"/> once the caller is back in the loop.</summary>
    public void Close()
    {
        if (!IsLeaving) End(abort: false);
    }

    /// <summary>Closes with RST: the peer sees that what it got is not all.</summary>
    public void Abort() => End(abort: true);

    /// <summary>
    /// Sends FIN and is closed to its users; the socket ends once the peer has finished, with RST if it has not after 1 s. What still comes
    /// is read and forgotten, for unread bytes would make the kernel reset what the peer has yet to read.
    /// </summary>
    public void Leave()
    {
        if (IsClosed) return;
        ShutdownSend();
        IsClosed = IsLeaving = true;
        HangupObserver = null;
        Loop.Timers.Cancel(this);
        Loop.Timers.EnsureBy(this, Loop.Now + LeaveMilliseconds);
        if (_reading.IsWaiting || _writing.IsWaiting) Loop.Defer(this);
        if (MayReceive) Discard();
        else ArmRead();
    }

    /// <summary>Closes whatever its peer has yet to do, for a loop that ends; the kernel sees to the rest.</summary>
    internal void Drop() => End(abort: false);

    private void End(bool abort)
    {
        if (IsClosed && !IsLeaving) return;
        (IsClosed, IsLeaving) = (true, false);
        HangupObserver = null;
        Loop.Timers.Cancel(this);
        CloseNow(abort);
        if (_reading.IsWaiting || _writing.IsWaiting) Loop.Defer(this);
    }

    private void Discard()
    {
        var buffer = Loop.BodyBuffers.Rent();
        var received = buffer.Length;
        for (var i = 0; i < MostDiscarded && received > 0; i++) received = ReceiveNow(buffer);
        Loop.BodyBuffers.Return(buffer);
        if (received == IoResult.WouldBlock) ArmRead();
        else End(abort: received != IoResult.EndOfStream);
    }

    /// <summary>Ends the waits of a connection that was closed under them. Called by the loop between events.</summary>
    internal void CompleteClosed()
    {
        if (_reading.IsWaiting) CompleteRead(IoResult.Closed);
        if (_writing.IsWaiting) CompleteWrite(IoResult.Closed);
    }

    /// <summary>Receives without waiting: count, 0 at the end, WouldBlock or Reset. Maintains <see cref="MayReceive"/>.</summary>
    protected internal abstract int ReceiveNow(Span<byte> destination);

    /// <summary>Sends without waiting: count, WouldBlock or Reset.</summary>
    protected internal abstract int SendNow(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second);

    /// <summary>Moves what is there into a pipe(2); counts as <see cref="TryReceive"/> does. Where <see cref="CanSplice"/>.</summary>
    internal virtual int SpliceInto(int pipe, int atMost) => throw new NotSupportedException();

    /// <summary>Sends from a pipe(2) that holds as much: count, WouldBlock or Reset. Where <see cref="CanSplice"/>.</summary>
    internal virtual int SpliceOutOf(int pipe, int length) => throw new NotSupportedException();

    /// <summary>Asks for <see cref="OnReadable"/> once something is there.</summary>
    protected internal abstract void ArmRead();

    /// <summary>Asks for <see cref="OnWritable"/> once there is room.</summary>
    protected internal abstract void ArmWrite();

    protected abstract void CloseNow(bool abort);

    /// <summary>Called on the loop when <see cref="MayReceive"/> became true.</summary>
    protected internal void OnReadable()
    {
        if (Wrapper is { } wrapper)
        {
            wrapper.OnReadable();
            return;
        }

        if (IsLeaving)
        {
            Discard();
            return;
        }

        if (!_reading.IsWaiting)
        {
            if (PeerHasClosed) HangupObserver?.PeerClosed(this, IsBroken);
            return;
        }

        var result = _receiveInto.IsEmpty ? IoResult.Ready : ReceiveNow(_receiveInto.Span);
        if (result == IoResult.WouldBlock) ArmRead();
        else CompleteRead(result);
    }

    /// <summary>Called on the loop when there may be room to send.</summary>
    protected internal void OnWritable()
    {
        if (!IsConnecting) Wrapper?.OnWritable();
        if (!_writing.IsWaiting) return;
        var result = IsConnecting ? FinishConnect() : ContinueSend();
        if (result == IoResult.WouldBlock) ArmWrite();
        else CompleteWrite(result);
    }

    protected virtual bool IsConnecting => false;

    protected virtual int FinishConnect() => IoResult.Ready;

    /// <summary>Waits for the first writability, which is when a connect has ended.</summary>
    protected LoopTask<int> BeginConnect(long deadline)
    {
        Loop.Timers.EnsureBy(this, deadline);
        return _writing.Begin(deadline);
    }

    protected internal sealed override void Fire(long nowMilliseconds)
    {
        if (IsLeaving) End(abort: true);
        if (IsClosed) return;
        if (_reading.Expired(nowMilliseconds)) CompleteRead(IoResult.TimedOut);
        if (IsClosed) return;
        if (_writing.Expired(nowMilliseconds)) CompleteWrite(IoResult.TimedOut);
        if (IsClosed) return;
        if (_reading.IsWaiting) Loop.Timers.EnsureBy(this, _reading.Deadline);
        if (_writing.IsWaiting) Loop.Timers.EnsureBy(this, _writing.Deadline);
    }

    private LoopTask<int> BeginRead(Memory<byte> destination, long deadline)
    {
        if (IsClosed) return new LoopTask<int>(IoResult.Closed);
        _receiveInto = destination;
        Loop.Timers.EnsureBy(this, deadline);
        ArmRead();
        return _reading.Begin(deadline);
    }

    private int ContinueSend()
    {
        while (!_sending.IsEmpty)
        {
            var sent = SendNow(_sending.First, _sending.Second);
            if (sent < 0) return sent;
            _sending = _sending.After(sent);
        }

        return IoResult.Ready;
    }

    private void CompleteRead(int result)
    {
        _receiveInto = default;
        _reading.End(result);
    }

    private void CompleteWrite(int result)
    {
        _sending = default;
        _writing.End(result);
    }
}
