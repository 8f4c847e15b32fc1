using System.Net.Sockets;
using System.Runtime.InteropServices;
using ClusterLb.Node.Linux;
using static ClusterLb.Node.Linux.SystemCalls;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>
/// With recvmsg(2) and sendmsg(2): the kernel tells which of the machine's addresses a datagram came to (<c>IP_PKTINFO</c>, ip(7);
/// <c>IPV6_RECVPKTINFO</c>, ipv6(7)), and the answer leaves from that one. Else a client that asked a second address would hear from the
/// first, and take that for a forgery.
/// </summary>
internal sealed unsafe partial class LinuxDatagrams : IDatagrams
{
    private const int AddressBytes = 28;
    private const int ControlBytes = 64;
    private const int ControlHeadBytes = 16;
    private const int CloseOnExec = 0x80000;
    private const int Truncated = 0x20;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly bool _isV6;

    /// <summary>Ends the waiting: shutting the socket down would end it for another process that has it, too.</summary>
    private readonly int _wake = eventfd(0, CloseOnExec);

    /// <summary>The sender's address, then the control message, where the kernel writes them and reads them again.</summary>
    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(AddressBytes + 4 + ControlBytes);

    private nuint _controlLength;
    private uint _addressLength;
    private volatile bool _isClosed;

    /// <param name="socket">Bound, and never used asynchronously; its own from here on.</param>
    public LinuxDatagrams(Socket socket)
    {
        (_socket, _isV6) = (socket, socket.AddressFamily == AddressFamily.InterNetworkV6);
        var (level, option) = _isV6 ? (41, 49) : (0, 8);
        socket.SetRawSocketOption(level, option, [1, 0, 0, 0]);
        _descriptor = (int)socket.Handle;
    }

    public ReadOnlySpan<byte> Sender => SenderAddress.Of(new ReadOnlySpan<byte>(_memory, AddressBytes), _isV6);

    private byte* Control => _memory + AddressBytes + 4;

    public int Receive(Span<byte> datagram)
    {
        fixed (byte* data = datagram)
        {
            var part = new SocketBuffer { Data = data, Length = (nuint)datagram.Length };
            var message = new SocketMessage
            {
                Address = _memory,
                AddressLength = AddressBytes,
                Buffers = &part,
                BufferCount = 1,
                Control = Control,
                ControlLength = ControlBytes,
            };
            nint length;
            while (true)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                length = recvmsg(_descriptor, &message, DontWait);
                if (length >= 0 || Marshal.GetLastPInvokeError() != TryAgain) break;
                Wait();
            }

            if (length < 0 || (message.Flags & Truncated) != 0) return -1;
            (_addressLength, _controlLength) = (message.AddressLength, message.ControlLength);
            return (int)length;
        }
    }

    public void Answer(ReadOnlySpan<byte> datagram)
    {
        // Which way it leaves is the routing table's to say.
        if (_controlLength > ControlHeadBytes) *(int*)(Control + ControlHeadBytes + (_isV6 ? 16 : 0)) = 0;
        fixed (byte* data = datagram)
        {
            var part = new SocketBuffer { Data = data, Length = (nuint)datagram.Length };
            var message = new SocketMessage
            {
                Address = _memory,
                AddressLength = _addressLength,
                Buffers = &part,
                BufferCount = 1,
                Control = _controlLength > ControlHeadBytes ? Control : null,
                ControlLength = _controlLength > ControlHeadBytes ? _controlLength : 0,
            };
            // One that cannot be sent now is lost, as any may be on its way.
            while (sendmsg(_descriptor, &message, DontWait) < 0 && Marshal.GetLastPInvokeError() == Interrupted) { }
        }
    }

    public void Close()
    {
        _isClosed = true;
        ulong one = 1;
        _ = write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _ = close(_wake);
        NativeMemory.Free(_memory);
    }

    private void Wait()
    {
        var waits = stackalloc PolledDescriptor[2];
        waits[0] = new PolledDescriptor { Descriptor = _descriptor, Wanted = PolledDescriptor.Readable };
        waits[1] = new PolledDescriptor { Descriptor = _wake, Wanted = PolledDescriptor.Readable };
        _ = poll(waits, 2, -1);
    }

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, ulong* value, nint length);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
