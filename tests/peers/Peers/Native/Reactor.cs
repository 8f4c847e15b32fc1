using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Peers.Native;

/// <summary>What wants to know that its socket became readable, writable or broken. Called on the reactor's thread.</summary>
internal interface IReady
{
    void Ready();
}

/// <summary>One edge-triggered epoll on the calling thread; nothing in it may be touched from another.</summary>
internal sealed unsafe class Reactor
{
    private const int Capacity = 512;
    private const uint ReadableWritableEdges = 0x1 | 0x4 | 0x2000 | 0x80000000;
    private const int TimerSlack = 29;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private readonly int _epoll = Libc.Check(Libc.EpollCreate(0));
    private readonly byte[] _ready = GC.AllocateArray<byte>(Capacity * (s_dataOffset + 8), pinned: true);
    private IReady?[] _handlers = new IReady?[1024];

    /// <summary>The default slack of 50 µs would be part of every latency that a timed send starts.</summary>
    public Reactor() => Libc.Check(Libc.ProcessControl(TimerSlack, 1, 0, 0, 0));

    /// <summary>Monotonic nanoseconds.</summary>
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>For whoever reads at the moment; its content is void after the call that filled it returns.</summary>
    public byte[] Scratch { get; } = GC.AllocateArray<byte>(64 * 1024, pinned: true);

    /// <summary>Watches a socket until it is closed.</summary>
    public void Watch(int fd, IReady handler)
    {
        if (fd >= _handlers.Length)
        {
            Array.Resize(ref _handlers, Math.Max(fd + 1, _handlers.Length * 2));
        }

        _handlers[fd] = handler;
        var change = stackalloc byte[16];
        *(uint*)change = ReadableWritableEdges;
        *(long*)(change + s_dataOffset) = fd;
        Libc.Check(Libc.EpollControl(_epoll, 1, fd, change));
    }

    public void Close(int fd)
    {
        _handlers[fd] = null;
        Libc.Close(fd);
    }

    /// <summary>Waits for events until <paramref name="until"/> (of <see cref="Now"/>) at most, and hands them out.</summary>
    public void Turn(long until)
    {
        var wait = Math.Max(0, until - Now);
        var timeout = new Libc.Timespec { Seconds = wait / 1_000_000_000, Nanoseconds = wait % 1_000_000_000 };
        fixed (byte* ready = _ready)
        {
            var stride = s_dataOffset + 8;
            var count = Libc.EpollWait(_epoll, ready, Capacity, &timeout, null);
            for (var i = 0; i < count; i++)
            {
                _handlers[*(int*)(ready + (i * stride) + s_dataOffset)]?.Ready();
            }
        }
    }
}
