using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClusterLb.Node.Dns.Messages;

/// <summary>
/// Cookies (RFC 7873) of the form that all servers share (RFC 9018): who shows one that was made for its address has heard an answer there,
/// so the address is not forged. Nothing is remembered of a client. Any thread.
/// </summary>
/// <param name="secret">16 bytes, known to nobody else.</param>
internal sealed class ServerCookie(byte[] secret)
{
    /// <summary>The client's part and the server's.</summary>
    public const int Bytes = ClientBytes + ServerBytes;

    private const int ClientBytes = 8;
    private const int ServerBytes = 16;

    /// <summary>In seconds; RFC 9018, section 4.3.</summary>
    private const int MostAge = 3_600;

    /// <summary>In seconds: of a clock that was set back.</summary>
    private const int MostAhead = 300;

    /// <param name="shown">As the client sent it.</param>
    /// <param name="client">Its address, 4 or 16 bytes.</param>
    /// <param name="now">Seconds since 1970.</param>
    public bool IsValid(ReadOnlySpan<byte> shown, ReadOnlySpan<byte> client, uint now)
    {
        if (shown.Length != Bytes || shown[ClientBytes] != 1) return false;
        var age = (int)(now - BinaryPrimitives.ReadUInt32BigEndian(shown[(ClientBytes + 4)..]));
        if (age is > MostAge or < -MostAhead) return false;
        Span<byte> wanted = stackalloc byte[8];
        Hash(shown, client, wanted);
        return CryptographicOperations.FixedTimeEquals(wanted, shown[(ClientBytes + 8)..]);
    }

    /// <param name="shown">Whose first 8 bytes are the client's own part.</param>
    /// <param name="client">Its address, 4 or 16 bytes.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <param name="cookie">24 bytes.</param>
    public void Make(ReadOnlySpan<byte> shown, ReadOnlySpan<byte> client, uint now, Span<byte> cookie)
    {
        shown[..ClientBytes].CopyTo(cookie);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[ClientBytes..], 0x01000000);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[(ClientBytes + 4)..], now);
        Hash(cookie, client, cookie[(ClientBytes + 8)..]);
    }

    /// <summary>Of everything before the hash, and the address.</summary>
    private void Hash(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> client, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[ClientBytes + 8 + 16];
        cookie[..(ClientBytes + 8)].CopyTo(input);
        client.CopyTo(input[(ClientBytes + 8)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(hash, SipHash.Of(secret, input[..(ClientBytes + 8 + client.Length)]));
    }
}
