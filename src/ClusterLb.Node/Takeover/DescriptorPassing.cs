using System.Net.Sockets;
using System.Runtime.InteropServices;
using ClusterLb.Node.Linux;
using static ClusterLb.Node.Linux.SystemCalls;

namespace ClusterLb.Node.Takeover;

/// <summary>
/// Descriptors beside the bytes of a unix socket (unix(7): <c>SCM_RIGHTS</c>). Nothing here waits. Linux, 64 bits.
/// </summary>
internal static unsafe class DescriptorPassing
{
    private const int ControlHeadBytes = 16;
    private const int OfSocket = 1;
    private const int Rights = 1;
    private const int NoSignal = 0x4000;
    private const int CloseOnExec = 0x40000000;
    private const int ControlTruncated = 0x8;
    private const int PeerCredentials = 17;

    /// <returns>How many bytes were sent, all descriptors with the first; -1 = there is no room at the moment.</returns>
    /// <exception cref="SocketException">The other end is gone.</exception>
    public static int Send(Socket socket, ReadOnlySpan<byte> bytes, IReadOnlyList<Socket> descriptors)
    {
        var room = ControlHeadBytes + (descriptors.Count * sizeof(int));
        var control = stackalloc byte[room + 8];
        *(nuint*)control = (nuint)room;
        *(int*)(control + 8) = OfSocket;
        *(int*)(control + 12) = Rights;
        for (var i = 0; i < descriptors.Count; i++) ((int*)(control + ControlHeadBytes))[i] = (int)descriptors[i].Handle;
        fixed (byte* data = bytes)
        {
            var part = new SocketBuffer { Data = data, Length = (nuint)bytes.Length };
            var message = new SocketMessage
            {
                Buffers = &part,
                BufferCount = 1,
                Control = control,
                ControlLength = (nuint)((room + 7) & ~7),
            };
            return Check(sendmsg((int)socket.Handle, &message, DontWait | NoSignal));
        }
    }

    /// <param name="descriptors">Gets those that came with the bytes.</param>
    /// <returns>How many bytes came, 0 = the other end is closed; -1 = there are none at the moment.</returns>
    /// <exception cref="SocketException">The other end is gone, or this process has no descriptors left.</exception>
    public static int Receive(Socket socket, Span<byte> bytes, Queue<Socket> descriptors)
    {
        const int Room = ControlHeadBytes + (SocketsGiven.Most * 4 * sizeof(int));
        var control = stackalloc byte[Room];
        fixed (byte* data = bytes)
        {
            var part = new SocketBuffer { Data = data, Length = (nuint)bytes.Length };
            var message = new SocketMessage { Buffers = &part, BufferCount = 1, Control = control, ControlLength = Room };
            var got = Check(recvmsg((int)socket.Handle, &message, DontWait | CloseOnExec));
            if (got <= 0 || message.ControlLength < ControlHeadBytes) return got;
            if (*(int*)(control + 8) == OfSocket && *(int*)(control + 12) == Rights)
            {
                var count = ((int)*(nuint*)control - ControlHeadBytes) / sizeof(int);
                for (var i = 0; i < count; i++)
                    descriptors.Enqueue(new Socket(new SafeSocketHandle(((int*)(control + ControlHeadBytes))[i], ownsHandle: true)));
            }

            return (message.Flags & ControlTruncated) == 0 ? got : throw new SocketException((int)SocketError.TooManyOpenSockets);
        }
    }

    /// <summary>Who is at the other end, as the kernel knows it since the connection began (<c>SO_PEERCRED</c>).</summary>
    public static (int Process, uint User) PeerOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(OfSocket, PeerCredentials, credentials);
        return (BitConverter.ToInt32(credentials), BitConverter.ToUInt32(credentials[4..]));
    }

    private static int Check(nint result)
    {
        if (result >= 0) return (int)result;
        var error = Marshal.GetLastPInvokeError();
        return error is TryAgain or Interrupted ? -1 : throw new SocketException(error);
    }
}
