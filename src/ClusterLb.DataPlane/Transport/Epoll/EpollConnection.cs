using System.Runtime.InteropServices;

namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary>
/// A socket registered edge-triggered. It is received from only when epoll said there is something, and a short read means there is
/// no more, which saves one call per message; room to send is asked for only after a send would have blocked.
/// </summary>
internal sealed unsafe class EpollConnection : Connection
{
    private const uint ReadEvents = Native.EPOLLIN | Native.EPOLLRDHUP | Native.EPOLLET;

    private readonly EpollLoop _loop;
    private readonly int _fd;
    private readonly int _slot;
    private uint _pendingEvents;
    private bool _watchesWrites;
    private bool _connecting;
    private bool _sentFin;

    /// <param name="fd">Non-blocking; owned by the new connection.</param>
    /// <param name="connecting">True when a connect is under way on it.</param>
    public EpollConnection(EpollLoop loop, int fd, PeerAddress peer, bool connecting) : base(loop)
    {
        _loop = loop;
        _fd = fd;
        Peer = peer;
        _connecting = _watchesWrites = connecting;
        loop.Descriptors.Take(1);
        _slot = loop.Register(this, fd, connecting ? ReadEvents | Native.EPOLLOUT : ReadEvents);
    }

    protected override bool IsConnecting => _connecting;

    /// <summary>Waits for the end of the connect: Ready, Refused, TimedOut, Unreachable, Exhausted or Reset.</summary>
    public LoopTask<int> WaitConnectedAsync(long deadline) => BeginConnect(deadline);

    /// <summary>
    /// First of two passes over a batch of events: only flags change, so that code run in the second pass for one connection already
    /// sees that another, say an idle one to a backend, was closed by its peer.
    /// </summary>
    public void Mark(uint events)
    {
        _pendingEvents |= events;
        if ((events & (Native.EPOLLIN | Native.EPOLLRDHUP | Native.EPOLLHUP | Native.EPOLLERR)) != 0) MayReceive = true;
        if ((events & (Native.EPOLLRDHUP | Native.EPOLLHUP | Native.EPOLLERR)) != 0) PeerHasClosed = true;
        if ((events & Native.EPOLLERR) != 0 || ((events & Native.EPOLLHUP) != 0 && !_sentFin)) IsBroken = true;
    }

    /// <summary>Second pass: resumes whoever waits.</summary>
    public void Dispatch()
    {
        var events = _pendingEvents;
        _pendingEvents = 0;
        if (IsLeaving && (events & ~Native.EPOLLOUT) != 0) OnReadable();
        if (IsClosed) return;
        if ((events & (Native.EPOLLOUT | Native.EPOLLHUP | Native.EPOLLERR)) != 0) OnWritable();
        if (IsClosed || _connecting) return;
        if ((events & ~Native.EPOLLOUT) != 0) OnReadable();
    }

    public override bool IsQuietNow()
    {
        byte one;
        return !MayReceive && Native.recv(_fd, &one, 1, Native.MSG_PEEK) < 0 && Marshal.GetLastSystemError() == Native.EAGAIN;
    }

    public override void ShutdownSend()
    {
        if (IsClosed || _sentFin) return;
        _sentFin = true;
        _ = Native.shutdown(_fd, Native.SHUT_WR);
    }

    protected internal override int ReceiveNow(Span<byte> destination)
    {
        nint count;
        fixed (byte* buffer = destination) count = Native.recv(_fd, buffer, destination.Length, 0);
        if (count > 0)
        {
            // After a FIN no further edge comes: only receiving to the end finds it.
            if (count < destination.Length && !PeerHasClosed) MayReceive = false;
            return (int)count;
        }

        if (count == 0) return IoResult.EndOfStream;
        if (Marshal.GetLastSystemError() is not (Native.EAGAIN or Native.EINTR)) return Broken();
        MayReceive = false;
        return IoResult.WouldBlock;
    }

    protected internal override int SendNow(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        nint count;
        if (second.IsEmpty)
        {
            fixed (byte* buffer = first.Span) count = Native.send(_fd, buffer, first.Length, Native.MSG_NOSIGNAL);
        }
        else
        {
            count = SendGathered(first.Span, second.Span);
        }

        if (count >= 0) return (int)count;
        return Marshal.GetLastSystemError() is Native.EAGAIN or Native.EINTR ? IoResult.WouldBlock : Broken();
    }

    public override bool CanSplice => true;

    internal override int SpliceInto(int pipe, int atMost)
    {
        if (IsClosed) return IoResult.Closed;
        if (!MayReceive) return IoResult.WouldBlock;
        var count = Native.splice(_fd, null, pipe, null, atMost, Native.SPLICE_F_MOVE | Native.SPLICE_F_NONBLOCK);
        if (count > 0) return (int)count;
        if (count == 0) return IoResult.EndOfStream;
        if (Marshal.GetLastSystemError() is not (Native.EAGAIN or Native.EINTR)) return Broken();
        MayReceive = false;
        return IoResult.WouldBlock;
    }

    internal override int SpliceOutOf(int pipe, int length)
    {
        if (IsClosed) return IoResult.Closed;
        var count = Native.splice(pipe, null, _fd, null, length, Native.SPLICE_F_MOVE | Native.SPLICE_F_NONBLOCK);
        if (count >= 0) return (int)count;
        return Marshal.GetLastSystemError() is Native.EAGAIN or Native.EINTR ? IoResult.WouldBlock : Broken();
    }

    private nint SendGathered(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* firstBytes = first, secondBytes = second)
        {
            var vectors = stackalloc Native.IoVector[2];
            vectors[0] = new Native.IoVector { Base = firstBytes, Length = first.Length };
            vectors[1] = new Native.IoVector { Base = secondBytes, Length = second.Length };
            var message = new Native.MessageHeader { Vectors = vectors, VectorCount = 2 };
            return Native.sendmsg(_fd, &message, Native.MSG_NOSIGNAL);
        }
    }

    protected internal override void ArmRead()
    {
        // Registered for good when the connection was made.
    }

    protected internal override void ArmWrite()
    {
        if (_watchesWrites) return;
        _watchesWrites = true;
        _ = EpollEvents.Control(_loop.Epoll, Native.EPOLL_CTL_MOD, _fd, ReadEvents | Native.EPOLLOUT, _slot);
    }

    protected override int FinishConnect()
    {
        _connecting = false;
        if (!IsBroken) return IoResult.Ready;
        int error;
        var length = sizeof(int);
        if (Native.getsockopt(_fd, Native.SOL_SOCKET, Native.SO_ERROR, &error, &length) != 0) error = Marshal.GetLastSystemError();
        return error == 0 ? IoResult.Ready : ConnectStatus(error);
    }

    public static int ConnectStatus(int error) => error switch
    {
        Native.ECONNREFUSED => IoResult.Refused,
        Native.ECONNRESET or Native.ECONNABORTED => IoResult.Reset,
        Native.ETIMEDOUT => IoResult.TimedOut,
        Native.EADDRNOTAVAIL or Native.ENOBUFS or Native.ENOMEM => IoResult.Exhausted,
        _ => IoResult.Unreachable,
    };

    protected override void CloseNow(bool abort)
    {
        if (abort)
        {
            var linger = new Native.Linger { OnOff = 1, Seconds = 0 };
            _ = Native.setsockopt(_fd, Native.SOL_SOCKET, Native.SO_LINGER, &linger, sizeof(Native.Linger));
        }

        _loop.Unregister(_slot);
        _ = Native.close(_fd);
        _loop.Descriptors.Return(1);
    }

    private int Broken()
    {
        IsBroken = PeerHasClosed = MayReceive = true;
        return IoResult.Reset;
    }
}
