using System.Buffers.Binary;
using System.Text;
using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Tests.Dns.Messages;

/// <summary>Queries as they cross the wire, put together piece by piece, right or wrong.</summary>
internal static class QueryBytes
{
    public const ushort Internet = 1;
    public const ushort Chaos = 3;

    /// <param name="name">With dots, in whatever case.</param>
    /// <param name="tail">What follows the question; it is an OPT record as a rule.</param>
    public static byte[] Of(string name, RecordType type, ushort @class = Internet, byte[]? tail = null, ushort flags = 0x0100) =>
    [
        .. Header(flags, questions: 1, additionals: tail is null ? 0 : 1), .. Name(name), .. Short((ushort)type), .. Short(@class),
        .. tail ?? [],
    ];

    public static byte[] Header(int flags, int questions, int answers = 0, int authorities = 0, int additionals = 0, int id = 0x1234) =>
    [
        .. Short((ushort)id), .. Short((ushort)flags), .. Short((ushort)questions), .. Short((ushort)answers),
        .. Short((ushort)authorities), .. Short((ushort)additionals),
    ];

    public static byte[] Name(string name) => name.Length == 0
        ? [0]
        : [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]), 0];

    /// <param name="size">That its sender takes over UDP.</param>
    /// <param name="options">As <see cref="Option"/> makes them.</param>
    public static byte[] Edns(ushort size = 1232, byte version = 0, ushort flags = 0, params byte[] options) =>
        [0, .. Short((ushort)RecordType.OPT), .. Short(size), 0, version, .. Short(flags), .. Short((ushort)options.Length), .. options];

    public static byte[] Option(ushort code, params byte[] data) => [.. Short(code), .. Short((ushort)data.Length), .. data];

    public static byte[] Cookie(params byte[] cookie) => Option(10, cookie);

    public static byte[] Short(ushort number)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return bytes;
    }
}
