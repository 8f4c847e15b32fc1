using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Takeover;

/// <summary>
/// One piece of what goes over the takeover socket: four bytes of length, little end first, one that says what it is, then that. Pure.
/// </summary>
/// <param name="Message">Null = this is something else.</param>
/// <param name="Knowledge">Null = this is something else.</param>
internal readonly record struct TakeoverFrame(TakeoverMessage? Message, KnowledgePart? Knowledge)
{
    public const int HeadBytes = 5;

    /// <summary>More than anything that is told takes; who sends more is no node.</summary>
    public const int MostBytes = 16 << 20;

    private const byte OfMessage = 1;
    private const byte OfKnowledge = 2;

    public static byte[] Write(TakeoverMessage message)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, ApiJson.Options);
        var frame = new byte[HeadBytes + json.Length];
        WriteHead(frame, OfMessage);
        json.CopyTo(frame, HeadBytes);
        return frame;
    }

    /// <summary>The length of the manifest, the manifest, what it names.</summary>
    public static byte[] Write(KnowledgePart part)
    {
        var manifest = Encoding.ASCII.GetBytes(part.Manifest);
        var frame = new byte[HeadBytes + 1 + manifest.Length + part.Bytes.Length];
        WriteHead(frame, OfKnowledge);
        frame[HeadBytes] = (byte)manifest.Length;
        manifest.CopyTo(frame, HeadBytes + 1);
        part.Bytes.CopyTo(frame, HeadBytes + 1 + manifest.Length);
        return frame;
    }

    /// <summary>How many bytes follow a head.</summary>
    /// <exception cref="TakeoverException">Nobody of ours sends that.</exception>
    public static int LengthOf(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadInt32LittleEndian(head) is >= 0 and <= MostBytes and var length ? length : throw TakeoverException.Foreign();

    /// <param name="kind">The last byte of the head.</param>
    /// <param name="body">All that follows it.</param>
    /// <returns>Empty when it is something that this program does not know.</returns>
    /// <exception cref="TakeoverException">It is not what it says it is.</exception>
    public static TakeoverFrame Read(byte kind, ReadOnlySpan<byte> body)
    {
        try
        {
            return kind switch
            {
                OfMessage => new(JsonSerializer.Deserialize<TakeoverMessage>(body, ApiJson.Options), null),
                OfKnowledge => new(null, ReadPart(body)),
                _ => default,
            };
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or ArgumentOutOfRangeException
            or IndexOutOfRangeException)
        {
            throw TakeoverException.Foreign();
        }
    }

    private static KnowledgePart ReadPart(ReadOnlySpan<byte> body)
    {
        var end = 1 + body[0];
        return new KnowledgePart(Encoding.ASCII.GetString(body[1..end]), body[end..].ToArray());
    }

    private static void WriteHead(Span<byte> frame, byte kind)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeadBytes);
        frame[HeadBytes - 1] = kind;
    }
}
