namespace ClusterLb.Node.Linux;

/// <summary>struct msghdr, as 64-bit Linux has it (recvmsg(2)).</summary>
internal unsafe struct SocketMessage
{
    public byte* Address;
    public uint AddressLength;
    public SocketBuffer* Buffers;
    public nuint BufferCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct iovec.</summary>
internal unsafe struct SocketBuffer
{
    public byte* Data;
    public nuint Length;
}
