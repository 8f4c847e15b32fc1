using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Transport.Sockets;

/// <summary>One listening socket, for this transport has one loop.</summary>
internal sealed class SocketListener : IListener
{
    private const int Backlog = 4096;
    private const int PauseAfterFailureMilliseconds = 100;

    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(1);

    private readonly SocketLoop _loop;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closing = new();
    private IConnectionHandler _handler;
    private Task _pending = Task.CompletedTask;
    private Socket? _arrived;
    private SocketError _failure;
    private bool _isPending;
    private bool _isListening;
    private bool _accepting;
    private bool _closed;

    public SocketListener(SocketLoop loop, in BindAddress address, IConnectionHandler handler)
        : this(loop, Bind(address), handler, isListening: false)
    {
    }

    /// <param name="loop">Whose it is from here on.</param>
    /// <param name="socket">Bound.</param>
    /// <param name="handler">Gets who arrives.</param>
    /// <param name="isListening">The kernel takes clients already.</param>
    public SocketListener(SocketLoop loop, Socket socket, IConnectionHandler handler, bool isListening)
    {
        (_loop, _socket, _handler, _isListening) = (loop, socket, handler, isListening);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        loop.Opened(this);
    }

    public IPEndPoint EndPoint { get; }

    public IReadOnlyList<Socket> Sockets => [_socket];

    public bool HasWaiting => _isListening && !_closed && _socket.Poll(0, SelectMode.SelectRead);

    public void Resume()
    {
        if (_accepting || _closed) return;
        Listen();
        _accepting = true;
        Arm();
    }

    public void Listen()
    {
        if (_isListening || _closed) return;
        _socket.Listen(Backlog);
        _isListening = true;
    }

    public void GiveTo(IConnectionHandler handler) => _handler = handler;

    public void Pause() => _accepting = false;

    public void Close()
    {
        if (_closed) return;
        if (EndAccepting() is { } last) Accepted(last);
        if (_isListening) AcceptQueued();
        Forget();
    }

    public void Dispose()
    {
        if (_closed) return;
        EndAccepting()?.Dispose();
        Forget();
    }

    private static Socket Bind(in BindAddress address)
    {
        var bind = address.EndPoint;
        var socket = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (bind.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = address.AlsoIPv4;
            socket.Bind(bind);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Arm()
    {
        if (_isPending) return;
        _isPending = true;
        _pending = AcceptAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            _arrived = await _socket.AcceptAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (SocketException failure)
        {
            _failure = failure.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            _failure = SocketError.OperationAborted;
        }

        _loop.Post(static state => ((SocketListener)state!).Completed(), this);
    }

    private void Completed()
    {
        if (_closed) return;
        _isPending = false;
        if (TakeArrived() is { } arrived) Accepted(arrived);
        else if (_failure is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable) PauseForAMoment();
        if (_accepting) Arm();
    }

    private Socket? TakeArrived()
    {
        (var arrived, _arrived) = (_arrived, null);
        return arrived;
    }

    /// <summary>
    /// A socket that is closed while somebody accepts from it would be reset for whoever else has it: another process may. So that ends
    /// first, which takes no longer than to say it.
    /// </summary>
    /// <returns>Who came in this moment.</returns>
    private Socket? EndAccepting()
    {
        _accepting = false;
        _closing.Cancel();
        ((IAsyncResult)_pending).AsyncWaitHandle.WaitOne(s_moment);
        return TakeArrived();
    }

    private void Forget()
    {
        _closed = true;
        _loop.Closed(this);
        _socket.Dispose();
        _closing.Dispose();
    }

    /// <summary>Who is in the kernel's queue has been told that its connect succeeded; closing would reset it.</summary>
    private void AcceptQueued()
    {
        _socket.Blocking = false;
        try
        {
            while (true) Accepted(_socket.Accept());
        }
        catch (SocketException)
        {
            // None is left.
        }
    }

    private void Accepted(Socket socket) =>
        _handler.Accepted(new SocketConnection(_loop, socket, PeerAddress.From((IPEndPoint)socket.RemoteEndPoint!)));

    private void PauseForAMoment()
    {
        _accepting = false;
        _loop.Timers.EnsureBy(new ResumeTimer(this), _loop.Now + PauseAfterFailureMilliseconds);
        _handler.AcceptFailed("no file descriptors left");
    }

    private sealed class ResumeTimer(SocketListener listener) : LoopTimer
    {
        protected internal override void Fire(long nowMilliseconds) => listener.Resume();
    }
}
