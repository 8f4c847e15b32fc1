using System.Buffers.Binary;
using System.Text;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>
/// What a login to MySQL or MariaDB is made of (MySQL Source Code Documentation, "Protocol::HandshakeV10" and
/// "Protocol::HandshakeResponse41").
/// </summary>
internal static class MysqlPackets
{
    public const byte Ok = 0x00;
    public const byte MoreLogin = 0x01;
    public const byte OtherLogin = 0xfe;
    public const byte Error = 0xff;

    private const byte Version10 = 0x0a;
    private const uint LongPassword = 1;
    private const uint Protocol41 = 1 << 9;
    private const uint SecureConnection = 1 << 15;
    private const uint PluginAuth = 1 << 19;

    /// <summary>Between the version's end and the lower half of what the server can do: thread, first half of a nonce, a zero.</summary>
    private const int BeforeCapabilities = 4 + 8 + 1;

    /// <summary>
    /// The server is well and does not want this user: no access, no such database, another kind of login, no password given, locked or
    /// expired, no TLS.
    /// </summary>
    public static bool IsRefusal(int code) => code is 1044 or 1045 or 1049 or 1251 or 1524 or 1698 or 1820 or 1862 or 3118 or 3159 or 4151;

    /// <param name="next">The number of the packet, one more than the last one's.</param>
    public static byte[] Of(byte next, ReadOnlySpan<byte> content) =>
        [(byte)content.Length, (byte)(content.Length >> 8), (byte)(content.Length >> 16), next, .. content];

    /// <summary>The answer to a server's first packet: this user, without a password.</summary>
    /// <param name="version">The server's own.</param>
    /// <returns>Null when it is no such packet, or of a server before 4.1.</returns>
    public static byte[]? Login(ReadOnlySpan<byte> greeting, string user, out ReadOnlySpan<byte> version)
    {
        version = default;
        if (greeting[0] != Version10 || greeting[1..].IndexOf((byte)0) is not (> 0 and var end)) return null;
        version = greeting.Slice(1, end);
        // MariaDB puts it before its own version, for replicas of old that take a 10 for a 1.
        if (version.StartsWith("5.5.5-"u8)) version = version[6..];
        var rest = greeting[(end + 2)..];
        if (rest.Length < BeforeCapabilities + 2) return null;
        var server = (uint)BinaryPrimitives.ReadUInt16LittleEndian(rest[BeforeCapabilities..]);
        // Behind the lower half: character set and status, then the upper.
        if (rest.Length >= BeforeCapabilities + 7)
            server |= (uint)BinaryPrimitives.ReadUInt16LittleEndian(rest[(BeforeCapabilities + 5)..]) << 16;
        return (server & Protocol41) == 0 ? null : Login(server, user);
    }

    private static byte[] Login(uint server, string user)
    {
        const uint MostPacket = 1 << 24;
        const byte Utf8 = 33;
        var login = new byte[32];
        BinaryPrimitives.WriteUInt32LittleEndian(login, LongPassword | Protocol41 | SecureConnection | (server & PluginAuth));
        BinaryPrimitives.WriteUInt32LittleEndian(login.AsSpan(4), MostPacket);
        login[8] = Utf8;
        login = [.. login, .. Encoding.ASCII.GetBytes(user), 0, 0];
        return (server & PluginAuth) == 0 ? login : [.. login, .. "mysql_native_password\0"u8];
    }
}
