using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary>The event loop of Linux: one epoll, edge-triggered connections, an eventfd to be woken by.</summary>
internal sealed unsafe class EpollLoop : EventLoop
{
    private const int MaxEvents = 512;
    private const int WakeSlot = 0;
    private const int MaxIdlePipes = 64;

    private readonly byte* _events;
    private readonly Stack<int> _freeSlots = new();
    private readonly Stack<Pipe> _pipes = new();
    private readonly int _wakeFd;
    private object?[] _slots = new object?[1024];
    private int _nextSlot = WakeSlot + 1;

    public EpollLoop(int index, string name, int headBufferSize, DescriptorBudget descriptors, Action<Exception> onFault)
        : base(index, name, headBufferSize, onFault)
    {
        Descriptors = descriptors;
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * EpollEvents.Size));
        Epoll = Native.epoll_create1(Native.EFD_CLOEXEC);
        _wakeFd = Native.eventfd(0, Native.EFD_NONBLOCK | Native.EFD_CLOEXEC);
        if (Epoll < 0 || _wakeFd < 0) throw new SocketException((int)SocketError.TooManyOpenSockets);
        _ = EpollEvents.Control(Epoll, Native.EPOLL_CTL_ADD, _wakeFd, Native.EPOLLIN | Native.EPOLLET, WakeSlot);
    }

    public int Epoll { get; }

    public DescriptorBudget Descriptors { get; }

    public override Pressure DescriptorPressure => Descriptors.Pressure;

    public override IListener Listen(in BindAddress bind, IConnectionHandler handler) => new EpollListener(this, bind, handler);

    public override IListener Adopt(Socket socket, IConnectionHandler handler) => new EpollListener(this, socket, handler);

    public override LoopTask<ConnectResult> ConnectAsync(IPEndPoint endPoint, long deadline)
    {
        if (Descriptors.IsSpent) return new LoopTask<ConnectResult>(new ConnectResult(null, IoResult.Exhausted));
        var domain = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? Native.AF_INET6 : Native.AF_INET;
        var fd = Native.socket(domain, Native.SOCK_STREAM | Native.SOCK_NONBLOCK | Native.SOCK_CLOEXEC, Native.IPPROTO_TCP);
        if (fd < 0) return new LoopTask<ConnectResult>(new ConnectResult(null, IoResult.Exhausted));
        DisableNagle(fd);
        var address = stackalloc byte[SocketAddress.MaxLength];
        var length = SocketAddress.Write(endPoint, new Span<byte>(address, SocketAddress.MaxLength));
        var error = Native.connect(fd, address, length) == 0 ? 0 : Marshal.GetLastSystemError();
        if (error is not (0 or Native.EINPROGRESS or Native.EINTR))
        {
            _ = Native.close(fd);
            return new LoopTask<ConnectResult>(new ConnectResult(null, EpollConnection.ConnectStatus(error)));
        }

        var connection = new EpollConnection(this, fd, PeerAddress.From(endPoint), connecting: error != 0);
        return error == 0
            ? new LoopTask<ConnectResult>(new ConnectResult(connection, IoResult.Ready))
            : ConcludeAsync(connection, connection.WaitConnectedAsync(deadline));
    }

    public override Pipe? RentPipe() => _pipes.TryPop(out var pipe) ? pipe : SplicePipe.TryOpen(Descriptors);

    public override void ReturnPipe(Pipe pipe)
    {
        if (pipe.Held > 0 || _pipes.Count >= MaxIdlePipes) pipe.Dispose();
        else _pipes.Push(pipe);
    }

    public static void DisableNagle(int fd)
    {
        var on = 1;
        _ = Native.setsockopt(fd, Native.IPPROTO_TCP, Native.TCP_NODELAY, &on, sizeof(int));
    }

    /// <returns>The slot that the events of this descriptor name.</returns>
    public int Register(object owner, int fd, uint events)
    {
        var slot = Register(owner);
        _ = EpollEvents.Control(Epoll, Native.EPOLL_CTL_ADD, fd, events, slot);
        return slot;
    }

    public int Register(object owner)
    {
        var slot = _freeSlots.TryPop(out var free) ? free : _nextSlot++;
        if (slot >= _slots.Length) Array.Resize(ref _slots, _slots.Length * 2);
        _slots[slot] = owner;
        return slot;
    }

    public void Unregister(int slot)
    {
        _slots[slot] = null;
        _freeSlots.Push(slot);
    }

    protected override void Turn(int timeoutMilliseconds)
    {
        var count = Native.epoll_wait(Epoll, _events, MaxEvents, timeoutMilliseconds);
        Refresh();
        for (var i = 0; i < count; i++)
        {
            if (_slots[EpollEvents.SlotAt(_events, i)] is EpollConnection connection) connection.Mark(EpollEvents.EventsAt(_events, i));
        }

        // A slot may have another owner by now; nothing is marked on that one, so it stays asleep.
        for (var i = 0; i < count; i++) Dispatch(_slots[EpollEvents.SlotAt(_events, i)]);
    }

    protected override void Wake()
    {
        ulong one = 1;
        _ = Native.write(_wakeFd, &one, sizeof(ulong));
    }

    protected override void CloseAll()
    {
        foreach (var owner in _slots)
        {
            if (owner is Connection connection) connection.Drop();
            else (owner as IDisposable)?.Dispose();
        }

        foreach (var pipe in _pipes) pipe.Dispose();
        _ = Native.close(_wakeFd);
        _ = Native.close(Epoll);
        NativeMemory.Free(_events);
    }

    private void Dispatch(object? owner)
    {
        try
        {
            if (owner is EpollConnection connection) connection.Dispatch();
            else if (owner is EpollListener listener) listener.AcceptReady();
        }
        catch (Exception fault)
        {
            // One connection's bug must not take the others of this batch with it.
            Guard(fault);
        }
    }
}
