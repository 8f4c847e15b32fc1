using System.Buffers.Binary;
using System.Net;
using ClusterLb.Core.Clients;

namespace ClusterLb.DataPlane.Transport;

/// <summary>A client's address as a value: no allocation per connection.</summary>
internal readonly record struct PeerAddress(UInt128 Address, ushort Port, bool IsIPv6)
{
    /// <summary>Bytes that any address takes as text.</summary>
    public const int MaxTextLength = 45;

    public static PeerAddress From(IPEndPoint endPoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.TryWriteBytes(bytes, out var length);
        return From(bytes[..length], (ushort)endPoint.Port);
    }

    /// <param name="bytes">4 or 16, in network order. An IPv4 client of a dual-stack listener is the same client as on an IPv4 one.</param>
    /// <param name="port">In host order.</param>
    public static PeerAddress From(ReadOnlySpan<byte> bytes, ushort port)
    {
        if (bytes.Length == 4) return new PeerAddress(BinaryPrimitives.ReadUInt32BigEndian(bytes), port, IsIPv6: false);
        var address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        var isMapped = address >> 32 == 0xFFFF;
        return isMapped ? new PeerAddress(address & uint.MaxValue, port, IsIPv6: false) : new PeerAddress(address, port, IsIPv6: true);
    }

    /// <summary>Whose it is, as <see cref="AddressOwner"/> has it.</summary>
    public ulong Owner
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            return AddressOwner.Of(bytes[..CopyTo(bytes)]).Bits;
        }
    }

    /// <summary>4 or 16 bytes in network order.</summary>
    public int CopyTo(Span<byte> destination)
    {
        if (IsIPv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(destination, Address);
            return 16;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Address);
        return 4;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..CopyTo(bytes)]);
    }

    /// <summary>The address without port, as text; returns the bytes written.</summary>
    public int Format(Span<byte> destination)
    {
        if (!IsIPv6)
        {
            var written = 0;
            for (var shift = 24; shift >= 0; shift -= 8)
            {
                ((byte)(Address >> shift)).TryFormat(destination[written..], out var digits);
                written += digits;
                if (shift > 0) destination[written++] = (byte)'.';
            }

            return written;
        }

        ToIPAddress().TryFormat(destination, out var length);
        return length;
    }
}
