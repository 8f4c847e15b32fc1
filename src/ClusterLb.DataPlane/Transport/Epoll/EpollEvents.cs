using System.Runtime.InteropServices;

namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary><c>struct epoll_event</c>, which the kernel packs to 12 bytes on x86-64 and aligns to 16 elsewhere.</summary>
internal static unsafe class EpollEvents
{
    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static int Size => s_packed ? 12 : 16;

    private static int DataOffset => s_packed ? 4 : 8;

    public static uint EventsAt(byte* events, int index) => *(uint*)(events + (index * Size));

    public static int SlotAt(byte* events, int index) => *(int*)(events + (index * Size) + DataOffset);

    /// <returns>0, or the errno of a failure.</returns>
    public static int Control(int epoll, int operation, int fd, uint events, int slot)
    {
        var one = stackalloc byte[16];
        *(uint*)one = events;
        *(long*)(one + DataOffset) = slot;
        return Native.epoll_ctl(epoll, operation, fd, one) == 0 ? 0 : Marshal.GetLastSystemError();
    }
}
