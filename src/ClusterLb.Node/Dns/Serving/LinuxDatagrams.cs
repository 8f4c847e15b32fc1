using System.Net.Sockets;
using System.Runtime.InteropServices;

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
    private const int Interrupted = 4;
    private const int Truncated = 0x20;
    private const int DontWait = 0x40;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly bool _isV6;

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
            var part = new Part { Data = data, Length = (nuint)datagram.Length };
            var message = new Message
            {
                Address = _memory,
                AddressLength = AddressBytes,
                Parts = &part,
                PartCount = 1,
                Control = Control,
                ControlLength = ControlBytes,
            };
            var length = recvmsg(_descriptor, &message, 0);
            ObjectDisposedException.ThrowIf(_isClosed, this);
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
            var part = new Part { Data = data, Length = (nuint)datagram.Length };
            var message = new Message
            {
                Address = _memory,
                AddressLength = _addressLength,
                Parts = &part,
                PartCount = 1,
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
        try
        {
            // It is not connected, which is an error; who waits at it is woken all the same.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_memory);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int socket, Message* message, int flags);

    /// <summary>struct iovec.</summary>
    private struct Part
    {
        public byte* Data;
        public nuint Length;
    }

    /// <summary>struct msghdr, as 64-bit Linux has it.</summary>
    private struct Message
    {
        public byte* Address;
        public uint AddressLength;
        public Part* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
