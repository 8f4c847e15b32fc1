using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>Emits the headers that say how a message goes on after its head.</summary>
internal static class Framings
{
    public static void Write(ref WireWriter writer, BodyFraming body)
    {
        if (body.Kind == BodyKind.Chunked) writer.Write("Transfer-Encoding: chunked\r\n"u8);
        if (body.Kind == BodyKind.Length) WriteLength(ref writer, body.Length);
    }

    public static void WriteLength(ref WireWriter writer, long length)
    {
        writer.Write("Content-Length: "u8);
        writer.WriteDecimal(length);
        writer.Write("\r\n"u8);
    }

    /// <param name="protocol">Empty when a backend asks for an upgrade without saying to what.</param>
    public static void WriteUpgrade(ref WireWriter writer, ReadOnlySpan<byte> protocol)
    {
        writer.Write("Connection: upgrade\r\n"u8);
        if (protocol.IsEmpty) return;
        writer.Write("Upgrade: "u8);
        writer.Write(protocol);
        writer.Write("\r\n"u8);
    }
}
