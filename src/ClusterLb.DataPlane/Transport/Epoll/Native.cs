using System.Runtime.InteropServices;

namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary>
/// The Linux calls of the data plane, as libc names them. Results are negative on failure; read <see cref="Marshal.GetLastSystemError"/> at
/// once.
/// </summary>
internal static unsafe partial class Native
{
    public const int EAGAIN = 11;
    public const int EMFILE = 24;
    public const int ENFILE = 23;
    public const int ENOBUFS = 105;
    public const int ENOMEM = 12;
    public const int EINTR = 4;
    public const int EINPROGRESS = 115;
    public const int ECONNREFUSED = 111;
    public const int ECONNRESET = 104;
    public const int ETIMEDOUT = 110;
    public const int ECONNABORTED = 103;
    public const int EADDRNOTAVAIL = 99;

    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;
    public const uint EPOLLIN = 0x1;
    public const uint EPOLLOUT = 0x4;
    public const uint EPOLLERR = 0x8;
    public const uint EPOLLHUP = 0x10;
    public const uint EPOLLRDHUP = 0x2000;
    public const uint EPOLLET = 1u << 31;

    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int SOCK_STREAM = 1;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int IPPROTO_TCP = 6;
    public const int TCP_NODELAY = 1;
    public const int SOL_SOCKET = 1;
    public const int SO_ERROR = 4;
    public const int SO_LINGER = 13;
    public const int MSG_PEEK = 0x2;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int SHUT_WR = 1;
    public const uint SPLICE_F_MOVE = 1;
    public const uint SPLICE_F_NONBLOCK = 2;
    public const int F_SETPIPE_SZ = 1031;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int EFD_NONBLOCK = 0x800;
    public const int EFD_CLOEXEC = 0x80000;

    [LibraryImport("libc")]
    public static partial nint recv(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc")]
    public static partial nint send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc")]
    public static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    /// <summary>
    /// Descriptors this process may hold: RLIMIT_NOFILE, raised to what is wanted where it is lower and the process may raise it.
    /// </summary>
    /// <param name="wanted">Left as it is where it is higher.</param>
    public static long DescriptorLimit(long wanted)
    {
        const int ResourceDescriptors = 7;
        var limits = stackalloc ulong[2];
        if (getrlimit(ResourceDescriptors, limits) != 0) return long.MaxValue;
        if (limits[0] >= (ulong)wanted) return (long)Math.Min(limits[0], long.MaxValue);
        // The runtime has raised the soft limit to the hard one; the hard one may be raised by root, up to fs.nr_open.
        var raised = stackalloc ulong[2] { (ulong)wanted, Math.Max(limits[1], (ulong)wanted) };
        return setrlimit(ResourceDescriptors, raised) == 0 ? wanted : (long)limits[0];
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, ulong* limits);

    [LibraryImport("libc")]
    public static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    [LibraryImport("libc")]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    public static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc")]
    public static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    public static partial int epoll_ctl(int epoll, int operation, int fd, byte* @event);

    [LibraryImport("libc")]
    public static partial int epoll_wait(int epoll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc")]
    public static partial int accept4(int fd, byte* address, int* addressLength, int flags);

    [LibraryImport("libc")]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc")]
    public static partial int connect(int fd, byte* address, int addressLength);

    [LibraryImport("libc")]
    public static partial int getsockopt(int fd, int level, int option, int* value, int* length);

    [LibraryImport("libc")]
    public static partial int setsockopt(int fd, int level, int option, void* value, int length);

    [LibraryImport("libc")]
    public static partial int shutdown(int fd, int how);

    [LibraryImport("libc")]
    public static partial int close(int fd);

    [LibraryImport("libc")]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    public static partial nint read(int fd, ulong* value, nint length);

    [LibraryImport("libc")]
    public static partial nint write(int fd, ulong* value, nint length);

    public struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }

    public struct Linger
    {
        public int OnOff;
        public int Seconds;
    }
}
