using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterLb.Faults.Backends;

/// <summary>
/// A small HTTP/1.1 server. It echoes the path, so that a client sees whether it got its own answer; gives a session cookie to who has
/// none; writes the path of every POST down before it answers, so that one that was sent twice is found whoever died meanwhile; and takes
/// its time over <see cref="SlowPath"/>.
/// </summary>
public sealed class BackendServer(string name, string journal) : IAsyncDisposable
{
    public const string SlowPath = "/slow/";

    /// <summary>Longer than the response timeout that the nodes of a run are given.</summary>
    public static readonly TimeSpan Slowness = TimeSpan.FromSeconds(4);

    private readonly FileStream _journal = new(journal, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _writing = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _cookies;

    public void Listen(int port)
    {
        // The port was another process's a moment ago.
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(1_024);
        _ = AcceptAsync();
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return _journal.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (true) _ = ServeAsync(await _listener.AcceptAsync());
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        var (buffer, filled) = (new byte[16_384], 0);
        try
        {
            while (true)
            {
                var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
                var head = end < 0 ? "" : Encoding.Latin1.GetString(buffer, 0, end);
                var length = end < 0 ? int.MaxValue : end + 4 + BodyLength(head);
                if (filled < length)
                {
                    var received = await socket.ReceiveAsync(buffer.AsMemory(filled));
                    if (received == 0) return;
                    filled += received;
                    continue;
                }

                await AnswerAsync(socket, head);
                buffer.AsSpan(length, filled - length).CopyTo(buffer);
                filled -= length;
            }
        }
        catch (SocketException)
        {
            // Its node is gone.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task AnswerAsync(Socket socket, string head)
    {
        var line = head.Split('\r', 2)[0].Split(' ');
        if (line[0] == "POST") Write(line[1]);
        if (line[1].StartsWith(SlowPath, StringComparison.Ordinal)) await Task.Delay(Slowness);
        var body = $"{name} {line[1]}";
        var cookie = head.Contains("JSESSIONID=", StringComparison.Ordinal) ? ""
            : string.Create(CultureInfo.InvariantCulture,
                $"Set-Cookie: JSESSIONID={name}-{Environment.ProcessId}-{Interlocked.Increment(ref _cookies)}; Path=/\r\n");
        var answer = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\n{cookie}Content-Length: {body.Length}\r\n\r\n{body}");
        await socket.SendAsync(Encoding.Latin1.GetBytes(answer));
    }

    private void Write(string path)
    {
        lock (_writing) _journal.Write(Encoding.Latin1.GetBytes($"{path}\n"));
    }

    private static int BodyLength(string head)
    {
        var at = head.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head.AsSpan(at + 15).Trim().ToString().Split('\r')[0], CultureInfo.InvariantCulture);
    }
}
