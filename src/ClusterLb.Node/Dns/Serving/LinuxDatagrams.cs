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
    private const int TryAgain = 11;
    private const short Readable = 1;
    private const int CloseOnExec = 0x80000;
    private const int Truncated = 0x20;
    private const int DontWait = 0x40;

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
        var waits = stackalloc Waiting[2];
        waits[0] = new Waiting { Descriptor = _descriptor, Wanted = Readable };
        waits[1] = new Waiting { Descriptor = _wake, Wanted = Readable };
        _ = poll(waits, 2, -1);
    }

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, ulong* value, nint length);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int poll(Waiting* waits, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int socket, Message* message, int flags);

    /// <summary>struct pollfd; what was found is of no interest.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 8)]
    private struct Waiting
    {
        public int Descriptor;
        public short Wanted;
    }

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
