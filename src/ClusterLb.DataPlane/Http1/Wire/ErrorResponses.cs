using System.Text;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>The answers the proxy gives itself, encoded once: short, plain, and naming no address and no version.</summary>
internal static class ErrorResponses
{
    private const string Allowed = "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n";
    private const int Forms = 4;
    private const int Statuses = 600;

    private static readonly ReadOnlyMemory<byte>[] Encoded = EncodeAll();

    /// <summary>The whole response but its <c>Date</c>.</summary>
    /// <param name="status">One of those below; any other is answered as 500.</param>
    /// <param name="close">Announce that the connection ends.</param>
    /// <param name="head">Leave the body out, for a HEAD request.</param>
    public static ReadOnlyMemory<byte> Get(int status, bool close, bool head)
    {
        var known = status is >= 0 and < Statuses && !Encoded[status * Forms].IsEmpty ? status : 500;
        return Encoded[(known * Forms) + (close ? 2 : 0) + (head ? 1 : 0)];
    }

    /// <summary>Bytes of its content where that is sent.</summary>
    /// <param name="status">As for <see cref="Get"/>.</param>
    public static int ContentLength(int status) =>
        Get(status, close: false, head: false).Length - Get(status, close: false, head: true).Length;

    /// <summary>Writes the whole response and returns its length, 500 bytes at most.</summary>
    /// <param name="status">As for <see cref="Get"/>.</param>
    /// <param name="close">As for <see cref="Get"/>.</param>
    /// <param name="head">As for <see cref="Get"/>.</param>
    /// <param name="date">A whole line with its CRLF.</param>
    public static int Write(Span<byte> destination, int status, bool close, bool head, ReadOnlySpan<byte> date)
    {
        var answer = Get(status, close, head).Span;
        var statusLine = answer[..(answer.IndexOf((byte)'\n') + 1)];
        var writer = new WireWriter(destination);
        writer.Write(statusLine);
        writer.Write(date);
        writer.Write(answer[statusLine.Length..]);
        return writer.Result;
    }

    private static ReadOnlyMemory<byte>[] EncodeAll()
    {
        var encoded = new ReadOnlyMemory<byte>[Statuses * Forms];
        foreach (var (status, reason, extra) in All())
        {
            for (var form = 0; form < Forms; form++)
            {
                encoded[(status * Forms) + form] = Encode(status, reason, extra, close: (form & 2) != 0, head: (form & 1) != 0);
            }
        }

        return encoded;
    }

    private static (int Status, string Reason, string Extra)[] All() =>
    [
        (200, "OK", Allowed), // the answer to OPTIONS whose Max-Forwards ends here
        (400, "Bad Request", ""),
        (403, "Forbidden", ""),
        (404, "Not Found", ""),
        (405, "Method Not Allowed", Allowed),
        (408, "Request Timeout", ""),
        (411, "Length Required", ""),
        (413, "Content Too Large", ""),
        (414, "URI Too Long", ""),
        (417, "Expectation Failed", ""),
        (421, "Misdirected Request", ""),
        (429, "Too Many Requests", "Retry-After: 1\r\n"),
        (431, "Request Header Fields Too Large", ""),
        (500, "Internal Server Error", ""),
        (501, "Not Implemented", ""),
        (502, "Bad Gateway", ""),
        (503, "Service Unavailable", "Retry-After: 1\r\n"),
        (504, "Gateway Timeout", ""),
        (505, "HTTP Version Not Supported", ""),
        (508, "Loop Detected", ""),
    ];

    private static byte[] Encode(int status, string reason, string extra, bool close, bool head)
    {
        var body = status < 400 ? "" : $"{status} {reason}\n";
        var connection = close ? "Connection: close\r\n" : "";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\n"
            + $"{extra}{connection}\r\n{(head ? "" : body)}");
    }
}
