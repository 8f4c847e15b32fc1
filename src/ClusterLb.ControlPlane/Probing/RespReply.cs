using System.Buffers.Text;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>One answer of a Redis, in RESP2 (redis.io, "Redis serialization protocol specification").</summary>
internal readonly ref struct RespReply
{
    /// <summary>A <see cref="Kind"/> that no answer has: these bytes are not Redis'.</summary>
    public const byte Broken = 0;

    /// <summary>No answer to a check has a text or a line as long as this.</summary>
    private const int MostText = 8 * 1024;

    private const int MostItems = 4 * 1024;

    /// <summary>Its first byte: + - : $ *, or <see cref="Broken"/>.</summary>
    public byte Kind { get; private init; }

    /// <summary>Its line; of a bulk string what it holds; of an array what its first item holds.</summary>
    public ReadOnlySpan<byte> Text { get; private init; }

    /// <summary>In bytes, all of it.</summary>
    public int Length { get; private init; }

    /// <summary>Walks over the items of arrays, however deep, with a count of what is to come: nobody's nesting fills our stack.</summary>
    /// <returns>False while more is needed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> received, out RespReply reply)
    {
        reply = default;
        var (at, items, hasText) = (0, 1, false);
        var text = ReadOnlySpan<byte>.Empty;
        while (items > 0)
        {
            var line = received[at..];
            if (line.IsEmpty) return false;
            if (line[0] is not ((byte)'+' or (byte)'-' or (byte)':' or (byte)'$' or (byte)'*')) return true;
            var end = line.IndexOf((byte)'\n');
            if (end < 0) return line.Length > MostText;
            at += end + 1;
            items--;
            var rest = line[1..end].TrimEnd((byte)'\r');
            if (line[0] is (byte)'$' or (byte)'*')
            {
                if (!Utf8Parser.TryParse(rest, out int count, out var read) || read != rest.Length || count < -1) return true;
                if (line[0] == (byte)'*')
                {
                    items += Math.Max(count, 0);
                    if (count > MostItems || items > MostItems) return true;
                    continue;
                }

                if (count > MostText) return true;
                rest = [];
                if (count >= 0)
                {
                    if (received.Length - at < count + 2) return false;
                    rest = received.Slice(at, count);
                    at += count + 2;
                }
            }

            if (!hasText) text = rest;
            hasText = true;
        }

        reply = new RespReply { Kind = received[0], Text = text, Length = at };
        return true;
    }
}
