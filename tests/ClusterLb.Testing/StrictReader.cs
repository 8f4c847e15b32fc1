using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace ClusterLb.Testing;

/// <summary>Reads HTTP/1.1 messages off a socket and accepts nothing but the letter of RFC 9112; both ends of the tests use it.</summary>
public sealed partial class StrictReader(Socket socket)
{
    private readonly byte[] _chunk = new byte[64 * 1024];
    private readonly StringBuilder _taken = new();
    private string _buffer = "";

    /// <summary>Every byte of the message read last, framing and trailers included, as Latin-1.</summary>
    public string Wire => _taken.ToString();

    /// <summary>What was received and not read yet, as Latin-1.</summary>
    public string Buffered => _buffer;

    /// <summary>The head with its empty line, or null when the connection ended before one began.</summary>
    /// <exception cref="FormatException">Not a head.</exception>
    public async Task<string?> ReadHeadAsync(CancellationToken cancellation)
    {
        int end;
        while ((end = _buffer.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            if (await FillAsync(cancellation)) continue;
            return _buffer.Length == 0 ? null : throw new FormatException($"cut off in a head: {_buffer}");
        }

        _taken.Clear();
        var head = Take(end + 4);
        var lines = head[..^4].Split("\r\n");
        if (!StartLine().IsMatch(lines[0])) throw new FormatException($"start line: {lines[0]}");
        foreach (var line in lines.Skip(1))
        {
            if (!FieldLine().IsMatch(line)) throw new FormatException($"field line: {line}");
        }

        if (Count(lines, "Content-Length") + Count(lines, "Transfer-Encoding") > 1) throw new FormatException($"ambiguous framing: {head}");
        if (lines[0].EndsWith(" HTTP/1.1", StringComparison.Ordinal) && Count(lines, "Host") != 1)
            throw new FormatException($"not one Host: {head}");
        return head;
    }

    /// <summary>The body that the head announces; none without framing fields.</summary>
    public async Task<string> ReadBodyAsync(string head, CancellationToken cancellation)
    {
        if (Field(head, "Transfer-Encoding") is { } coding)
        {
            if (coding != "chunked") throw new FormatException($"transfer coding {coding}");
            return await ReadChunksAsync(cancellation);
        }

        return Field(head, "Content-Length") is { } length
            ? await ReadExactlyAsync(int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture), cancellation)
            : "";
    }

    public async Task<string> ReadToEndAsync(CancellationToken cancellation)
    {
        while (await FillAsync(cancellation))
        {
        }

        return Take(_buffer.Length);
    }

    public async Task<string> ReadExactlyAsync(int length, CancellationToken cancellation)
    {
        var parts = new StringBuilder();
        while (parts.Length + _buffer.Length < length)
        {
            parts.Append(Take(_buffer.Length));
            if (!await FillAsync(cancellation)) throw new FormatException("cut off in a body");
        }

        return parts.Append(Take(length - parts.Length)).ToString();
    }

    public static string? Field(string head, string name) => head.Split("\r\n").Skip(1)
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    private async Task<string> ReadChunksAsync(CancellationToken cancellation)
    {
        var body = new StringBuilder();
        while (true)
        {
            var line = await ReadLineAsync(cancellation);
            if (!ChunkSize().IsMatch(line)) throw new FormatException($"chunk size: {line}");
            var size = int.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0) break;
            body.Append(await ReadExactlyAsync(size, cancellation));
            if (await ReadExactlyAsync(2, cancellation) != "\r\n") throw new FormatException("no CRLF after a chunk");
        }

        while (await ReadLineAsync(cancellation) is { Length: > 0 } trailer)
        {
            if (!FieldLine().IsMatch(trailer)) throw new FormatException($"trailer: {trailer}");
            Trailers.Add(trailer);
        }

        return body.ToString();
    }

    /// <summary>Trailer lines of all bodies read so far.</summary>
    public ICollection<string> Trailers { get; } = new List<string>();

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        int end;
        while ((end = _buffer.IndexOf("\r\n", StringComparison.Ordinal)) < 0)
        {
            if (!await FillAsync(cancellation)) throw new FormatException("cut off in a chunked body");
        }

        return Take(end + 2)[..^2];
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        var received = await socket.ReceiveAsync(_chunk, cancellation);
        _buffer += Encoding.Latin1.GetString(_chunk, 0, received);
        return received > 0;
    }

    private string Take(int length)
    {
        var taken = _buffer[..length];
        _buffer = _buffer[length..];
        _taken.Append(taken);
        return taken;
    }

    private static int Count(string[] lines, string name) =>
        lines.Skip(1).Count(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"^([!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP/1\.1|HTTP/1\.[01] [1-5]\d\d [\t -~\x80-\xff]*)$")]
    private static partial Regex StartLine();

    [GeneratedRegex(@"^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[!-~\x80-\xff\t ]*$")]
    private static partial Regex FieldLine();

    [GeneratedRegex("^[0-9A-Fa-f]{1,16}$")]
    private static partial Regex ChunkSize();
}
