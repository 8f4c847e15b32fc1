using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary>
/// A listening socket of one loop, one of several on the same address: the kernel spreads clients over them (<c>SO_REUSEPORT</c>).
/// </summary>
internal sealed unsafe class EpollListener : IListener
{
    private const int Backlog = 4096;

    // Each may cost another its place; clients that were here before wait no longer than for so many.
    private const int AcceptsPerTurn = 16;

    private const int SocketOptionReuseAddress = 2;
    private const int SocketOptionReusePort = 15;
    private const int PauseAfterFailureMilliseconds = 20;

    private static readonly byte[] s_on = [1, 0, 0, 0];

    private readonly EpollLoop _loop;
    private readonly BindAddress _address;
    private readonly Socket _socket;
    private readonly int _fd;
    private readonly int _slot;
    private readonly ResumeTimer _resumeTimer;
    private IConnectionHandler _handler;
    private bool _isListening;
    private bool _accepting;
    private bool _closed;

    public EpollListener(EpollLoop loop, in BindAddress address, IConnectionHandler handler)
    {
        (_loop, _address, _handler) = (loop, address, handler);
        var bind = address.EndPoint;
        // What it accepts inherits NoDelay.
        _socket = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        try
        {
            Bind(bind);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _fd = (int)_socket.Handle;
        _slot = loop.Register(this);
        _resumeTimer = new ResumeTimer(this);
    }

    /// <param name="loop">Whose it is from here on.</param>
    /// <param name="socket">It listens already.</param>
    /// <param name="handler">Gets who arrives.</param>
    public EpollListener(EpollLoop loop, Socket socket, IConnectionHandler handler)
    {
        (_loop, _socket, _handler, _isListening) = (loop, socket, handler, true);
        _socket.Blocking = false;
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _fd = (int)_socket.Handle;
        _slot = loop.Register(this);
        _resumeTimer = new ResumeTimer(this);
    }

    public IPEndPoint EndPoint { get; }

    public IReadOnlyList<Socket> Sockets => [_socket];

    public bool HasWaiting => _isListening && !_closed && _socket.Poll(0, SelectMode.SelectRead);

    public void Resume()
    {
        if (_accepting || _closed) return;
        Listen();
        _accepting = true;
        // Level-triggered: what one turn leaves in the queue brings the next turn back.
        _ = EpollEvents.Control(_loop.Epoll, Native.EPOLL_CTL_ADD, _fd, Native.EPOLLIN, _slot);
    }

    public void Listen()
    {
        if (_isListening || _closed) return;
        RefuseTakenAddress(EndPoint);
        _socket.Listen(Backlog);
        _isListening = true;
    }

    public void GiveTo(IConnectionHandler handler) => _handler = handler;

    public void Pause()
    {
        if (!_accepting) return;
        _accepting = false;
        _ = EpollEvents.Control(_loop.Epoll, Native.EPOLL_CTL_DEL, _fd, 0, 0);
    }

    public void AcceptReady()
    {
        for (var i = 0; i < AcceptsPerTurn && _accepting; i++)
        {
            // Another loop may have accepted the last that fits.
            if (_handler.IsFull) Pause();
            else if (!AcceptOne()) return;
        }
    }

    public void Close()
    {
        if (_closed) return;
        while (AcceptOne())
        {
        }

        Dispose();
    }

    public void Dispose()
    {
        if (_closed) return;
        Pause();
        _closed = true;
        _loop.Timers.Cancel(_resumeTimer);
        _loop.Unregister(_slot);
        _socket.Dispose();
    }

    private void Bind(IPEndPoint bind)
    {
        if (bind.AddressFamily == AddressFamily.InterNetworkV6) _socket.DualMode = _address.AlsoIPv4;
        RefuseTakenAddress(bind);
        _socket.SetRawSocketOption(Native.SOL_SOCKET, SocketOptionReuseAddress, s_on);
        _socket.SetRawSocketOption(Native.SOL_SOCKET, SocketOptionReusePort, s_on);
        _socket.Bind(bind);
    }

    /// <summary>
    /// With <c>SO_REUSEPORT</c> a second balancer would bind the same port in silence and take half the clients; the first loop asks
    /// without it, when it binds and when it listens: a socket that does not listen keeps nobody away.
    /// </summary>
    private void RefuseTakenAddress(IPEndPoint bind)
    {
        if (_loop.Index != 0 || bind.Port == 0 || _address.JoinsOurs) return;
        using var trial = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (bind.AddressFamily == AddressFamily.InterNetworkV6) trial.DualMode = _address.AlsoIPv4;
        // The named option would set SO_REUSEPORT as well.
        trial.SetRawSocketOption(Native.SOL_SOCKET, SocketOptionReuseAddress, s_on);
        // It must not listen: whoever connected in that moment would be reset, not refused. Binding fails where somebody listens.
        trial.Bind(bind);
    }

    private bool AcceptOne()
    {
        if (_loop.Descriptors.IsSpent)
        {
            PauseForAMoment(Native.EMFILE);
            return false;
        }

        var address = stackalloc byte[SocketAddress.MaxLength];
        var length = SocketAddress.MaxLength;
        var fd = Native.accept4(_fd, address, &length, Native.SOCK_NONBLOCK | Native.SOCK_CLOEXEC);
        if (fd >= 0)
        {
            var peer = SocketAddress.ReadPeer(new ReadOnlySpan<byte>(address, SocketAddress.MaxLength));
            _handler.Accepted(new EpollConnection(_loop, fd, peer, connecting: false));
            return true;
        }

        var error = Marshal.GetLastSystemError();
        if (error is Native.EMFILE or Native.ENFILE or Native.ENOBUFS or Native.ENOMEM) PauseForAMoment(error);
        // A client that gave up while it was queued is no reason to stop.
        return error is Native.ECONNABORTED or Native.EINTR;
    }

    private void PauseForAMoment(int error)
    {
        if (!_accepting) return;
        Pause();
        _loop.Timers.EnsureBy(_resumeTimer, _loop.Now + PauseAfterFailureMilliseconds);
        _handler.AcceptFailed(error is Native.EMFILE or Native.ENFILE ? "no file descriptors left" : "no kernel memory left");
    }

    private sealed class ResumeTimer(EpollListener listener) : LoopTimer
    {
        protected internal override void Fire(long nowMilliseconds) => listener.Resume();
    }
}
