using System.Buffers.Text;
using System.Text;

namespace Peers.Native;

/// <summary>The two facts of a message head that load and backends need.</summary>
internal static class HttpHead
{
    /// <summary>Length of the head with its empty line; 0 while that has not arrived.</summary>
    public static int Length(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) is var end and >= 0 ? end + 4 : 0;

    /// <summary>The Content-Length; -1 without one.</summary>
    public static long ContentLength(ReadOnlySpan<byte> head)
    {
        while (head.IndexOf("\r\n"u8) is var end and > 0)
        {
            var line = head[..end];
            if (line.Length > 15 && Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
            {
                return Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out long length, out _) ? length : -1;
            }

            head = head[(end + 2)..];
        }

        return -1;
    }
}
