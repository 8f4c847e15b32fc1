using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Transport.Sockets;

/// <summary>
/// The portable connection: zero-byte receives wait for data without a buffer, transfers themselves are non-blocking calls on the loop.
/// </summary>
internal sealed class SocketConnection : Connection, IDisposable
{
    private readonly SocketLoop _loop;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _readable = new(true);
    private readonly SocketAsyncEventArgs _writable = new(true);
    private SocketError _connectError;
    private bool _connecting;
    private bool _armed;
    private bool _sentFin;

    public SocketConnection(SocketLoop loop, Socket socket, PeerAddress peer) : base(loop)
    {
        _loop = loop;
        _socket = socket;
        _socket.Blocking = false;
        _socket.NoDelay = true;
        Peer = peer;
        _readable.SetBuffer(Memory<byte>.Empty);
        _readable.Completed += (_, _) => Loop.Post(static state => ((SocketConnection)state!).ReadCompleted(), this);
        _writable.Completed += (_, _) => Loop.Post(static state => ((SocketConnection)state!).WriteCompleted(), this);
        loop.Opened(this);
    }

    protected override bool IsConnecting => _connecting;

    public LoopTask<int> ConnectAsync(IPEndPoint endPoint, long deadline)
    {
        _connecting = true;
        _writable.RemoteEndPoint = endPoint;
        var waiting = BeginConnect(deadline);
        if (!_socket.ConnectAsync(_writable)) Loop.Post(static state => ((SocketConnection)state!).WriteCompleted(), this);
        return waiting;
    }

    public override bool IsQuietNow()
    {
        Span<byte> one = stackalloc byte[1];
        _socket.Receive(one, SocketFlags.Peek, out var error);
        return error == SocketError.WouldBlock;
    }

    public override void ShutdownSend()
    {
        if (!IsClosed) SendFin();
    }

    public void Dispose() => Drop();

    private void SendFin()
    {
        if (_sentFin || _connecting) return;
        _sentFin = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer was faster: there is nothing left to shut down.
        }
    }

    protected internal override int ReceiveNow(Span<byte> destination)
    {
        var count = _socket.Receive(destination, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            Drained();
            return IoResult.WouldBlock;
        }

        // The kernel tells of a reset once; after that it looks like an end.
        if (error != SocketError.Success || (count == 0 && IsBroken)) return Broken();
        if (count == 0) PeerHasClosed = true;
        else if (count < destination.Length) Drained();
        return count;
    }

    /// <summary>Whoever goes away while nobody reads is heard of, too.</summary>
    private void Drained()
    {
        MayReceive = false;
        ArmRead();
    }

    protected internal override int SendNow(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var bytes = first.IsEmpty ? second : first;
        if (bytes.IsEmpty) return 0;
        var count = _socket.Send(bytes.Span, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return IoResult.WouldBlock;
        return error == SocketError.Success ? count : Broken();
    }

    protected internal override void ArmRead()
    {
        if (_armed) return;
        _armed = true;
        if (!_socket.ReceiveAsync(_readable)) Loop.Post(static state => ((SocketConnection)state!).ReadCompleted(), this);
    }

    /// <summary>
    /// There is no portable wait for room, so the loop asks again: this transport is for where epoll is not, not for speed.
    /// </summary>
    protected internal override void ArmWrite() => Loop.Timers.EnsureBy(new WriteRetry(this), Loop.Now + TimerWheel.TickMilliseconds);

    protected override int FinishConnect()
    {
        _connecting = false;
        return _connectError switch
        {
            SocketError.Success => IoResult.Ready,
            SocketError.ConnectionRefused => IoResult.Refused,
            SocketError.ConnectionReset or SocketError.ConnectionAborted => IoResult.Reset,
            SocketError.TimedOut => IoResult.TimedOut,
            _ => IoResult.Unreachable,
        };
    }

    protected override void CloseNow(bool abort)
    {
        _loop.Closed(this);
        if (abort) _socket.LingerState = new LingerOption(true, 0);
        // .NET resets a socket on which a receive still waits, as one does on an idle client, unless FIN has been sent.
        else SendFin();
        _socket.Dispose();
    }

    private void ReadCompleted()
    {
        _armed = false;
        if (IsClosed && !IsLeaving) return;
        MayReceive = true;
        if (_readable.SocketError != SocketError.Success) Broken();
        else Peek();
        if (MayReceive) OnReadable();
        else ArmRead();
    }

    /// <summary>A receive of no bytes does not tell data from an end, nor from a reset, nor from what was received since.</summary>
    private void Peek()
    {
        Span<byte> one = stackalloc byte[1];
        var count = _socket.Receive(one, SocketFlags.Peek, out var error);
        if (error == SocketError.WouldBlock) MayReceive = false;
        else if (error != SocketError.Success) Broken();
        else if (count == 0) PeerHasClosed = true;
    }

    private void WriteCompleted()
    {
        if (IsClosed) return;
        _connectError = _writable.SocketError;
        OnWritable();
    }

    private int Broken()
    {
        IsBroken = PeerHasClosed = MayReceive = true;
        return IoResult.Reset;
    }

    private sealed class WriteRetry(SocketConnection connection) : LoopTimer
    {
        protected internal override void Fire(long nowMilliseconds)
        {
            if (!connection.IsClosed) connection.OnWritable();
        }
    }
}
