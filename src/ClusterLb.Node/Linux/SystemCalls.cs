using System.Runtime.InteropServices;

namespace ClusterLb.Node.Linux;

/// <summary>
/// What .NET has no words for: messages with control data, and waiting for any descriptor. Named as in section 2 of the manual.
/// </summary>
internal static unsafe partial class SystemCalls
{
    /// <summary>MSG_DONTWAIT.</summary>
    public const int DontWait = 0x40;

    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    /// <summary>EAGAIN: there is nothing, or no room, at the moment.</summary>
    public const int TryAgain = 11;

    /// <returns>Bytes; -1 = the error is in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(int socket, SocketMessage* message, int flags);

    /// <inheritdoc cref="recvmsg"/>
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendmsg(int socket, SocketMessage* message, int flags);

    /// <returns>How many are ready.</returns>
    [LibraryImport("libc")]
    public static partial int poll(PolledDescriptor* descriptors, nuint count, int timeoutMilliseconds);
}
