using System.Runtime.InteropServices;

namespace Peers.Native;

/// <summary>The handful of Linux calls that the load and the backends are made of; each is one system call, errors are in errno.</summary>
internal static unsafe partial class Libc
{
    public const int WouldBlock = 11;
    public const int InProgress = 115;
    public const int SendNoSignal = 0x4000;
    /// <summary>On a TCP socket: throw the bytes away in the kernel instead of copying them out (tcp(7)).</summary>
    public const int ReceiveDiscard = 0x20;
    public const int SignalTerminate = 15;
    public const int SignalKill = 9;
    private const int Stream = 1, NonBlocking = 0x800, CloseOnExec = 0x80000, InternetFamily = 2;

    public static int LastError => Marshal.GetLastPInvokeError();

    public static int OpenSocket() => Check(socket(InternetFamily, Stream | NonBlocking | CloseOnExec, 0));

    /// <summary>Starts to connect to 127.0.0.1:<paramref name="port"/>; true unless it failed at once.</summary>
    public static bool Connect(int fd, int port)
    {
        var address = Loopback(port);
        return connect(fd, &address, sizeof(Address)) == 0 || LastError == InProgress;
    }

    public static void Listen(int fd, int port)
    {
        SetOption(fd, level: 1, option: 2, value: 1);
        var address = Loopback(port);
        Check(bind(fd, &address, sizeof(Address)));
        Check(listen(fd, 4096));
    }

    public static int Accept(int fd) => accept4(fd, null, null, NonBlocking | CloseOnExec);

    public static void NoDelay(int fd) => SetOption(fd, level: 6, option: 1, value: 1);

    /// <summary>The error that a connection attempt ended with; 0 when it succeeded.</summary>
    public static int ConnectError(int fd)
    {
        int value = 0, length = sizeof(int);
        Check(getsockopt(fd, 1, 4, &value, &length));
        return value;
    }

    public static nint Send(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return send(fd, start, bytes.Length, SendNoSignal);
        }
    }

    public static nint Receive(int fd, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return recv(fd, start, bytes.Length, 0);
        }
    }

    public static nint Discard(int fd, long length) => recv(fd, null, (nint)length, ReceiveDiscard);

    public static int Check(int result) =>
        result >= 0 ? result : throw new InvalidOperationException($"system call failed, errno {LastError}");

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* ready, int capacity, Timespec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    private static Address Loopback(int port) => new()
    {
        Family = InternetFamily,
        Port = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)port),
        Host = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(0x7F000001u),
    };

    private static void SetOption(int fd, int level, int option, int value) => Check(setsockopt(fd, level, option, &value, sizeof(int)));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, Address* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, Address* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, Address* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int option, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int option, void* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* bytes, nint length, int flags);

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>sockaddr_in.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Address
    {
        public ushort Family;
        public ushort Port;
        public uint Host;
    }
}
