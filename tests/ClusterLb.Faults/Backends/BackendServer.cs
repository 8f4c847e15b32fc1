using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Backends;

/// <summary>
/// A small server of HTTP/1.1 and, on a second port, of lines over TCP. Its answers begin with its <see cref="Stamp"/>, whose id is the
/// path (or the first word of the line) as it was received, so that a client sees whether it got its own answer; it gives a session cookie
/// to who has none; it writes every request down before it answers, so that one that came twice is found whoever died meanwhile. A client
/// says how long its request takes (X-Work, milliseconds) and how much more is to be answered (X-Bytes); <see cref="SlowPath"/> takes its
/// time.
/// </summary>
public sealed class BackendServer : IDisposable
{
    public const string SlowPath = "/slow/";

    /// <summary>Longer than the response timeout that the nodes of a run are given.</summary>
    public static readonly TimeSpan Slowness = TimeSpan.FromSeconds(4);

    private readonly string _name;
    private readonly Journal _journal;
    private readonly List<Socket> _listeners = [];
    private int _cookies;
    private int _answers;

    /// <param name="name">That it answers with.</param>
    /// <param name="journal">A file, which other processes of the same backend have written to.</param>
    public BackendServer(string name, string journal) => (_name, _journal) = (name, new Journal(name, journal));

    /// <summary>From the next request on.</summary>
    public Behaviour Behaviour { get; set; } = Behaviour.Usual;

    /// <param name="address">All of this machine's, when it is 0.0.0.0.</param>
    /// <param name="port">Of HTTP.</param>
    /// <param name="linePort">Of lines over TCP.</param>
    public void Listen(IPAddress address, int port, int linePort)
    {
        _ = AcceptAsync(Bind(address, port), ServeAsync);
        _ = AcceptAsync(Bind(address, linePort), ServeLinesAsync);
    }

    public void Dispose()
    {
        foreach (var listener in _listeners) listener.Dispose();
        _journal.Dispose();
    }

    private Socket Bind(IPAddress address, int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listeners.Add(listener);
        // The port was another process's a moment ago.
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen(1_024);
        return listener;
    }

    private static async Task AcceptAsync(Socket listener, Func<Socket, Task> serve)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = EndAsync(socket, serve(socket));
        }
    }

    private static async Task EndAsync(Socket socket, Task serving)
    {
        try
        {
            await serving;
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

    private async Task ServeAsync(Socket socket)
    {
        var (buffer, filled) = (new byte[16_384], 0);
        while (true)
        {
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            var head = end < 0 ? "" : Encoding.Latin1.GetString(buffer, 0, end);
            var length = end < 0 ? int.MaxValue : end + 4 + Number(head, "Content-Length:");
            if (filled < length)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (received == 0) return;
                filled += received;
                continue;
            }

            if (!await AnswerAsync(socket, head)) return;
            buffer.AsSpan(length, filled - length).CopyTo(buffer);
            filled -= length;
        }
    }

    private async Task<bool> AnswerAsync(Socket socket, string head)
    {
        var line = head.Split('\r', 2)[0].Split(' ');
        var stamp = _journal.Write(line[0], line[1]);
        await WorkAsync(Number(head, "X-Work:"));
        if (line[1].StartsWith(SlowPath, StringComparison.Ordinal)) await Task.Delay(Slowness);
        var (first, more) = (stamp.ToString(), Number(head, "X-Bytes:"));
        var cookie = head.Contains("JSESSIONID=", StringComparison.Ordinal) ? ""
            : string.Create(CultureInfo.InvariantCulture,
                $"Set-Cookie: JSESSIONID={_name}-{Environment.ProcessId}-{Interlocked.Increment(ref _cookies)}; Path=/\r\n");
        var length = first.Length + (more > 0 ? more + 1 : 0);
        return await SendAsync(socket, string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\n{cookie}Content-Length: {length}\r\n\r\n{first}"), more, stamp, isEnded: more > 0);
    }

    /// <summary>A line is ID WORK BYTES; the answer is the stamp in a line, then so many bytes.</summary>
    private async Task ServeLinesAsync(Socket socket)
    {
        var (buffer, filled) = (new byte[1_024], 0);
        while (true)
        {
            var end = buffer.AsSpan(0, filled).IndexOf((byte)'\n');
            if (end < 0)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (received == 0) return;
                filled += received;
                continue;
            }

            var words = Encoding.Latin1.GetString(buffer, 0, end).Split(' ');
            buffer.AsSpan(end + 1, filled - end - 1).CopyTo(buffer);
            filled -= end + 1;
            // A health check may say anything.
            if (words.Length != 3) return;
            var stamp = _journal.Write("LINE", words[0]);
            await WorkAsync(int.Parse(words[1], CultureInfo.InvariantCulture));
            var more = int.Parse(words[2], CultureInfo.InvariantCulture);
            if (!await SendAsync(socket, stamp.ToString(), more, stamp, isEnded: true)) return;
        }
    }

    private Task WorkAsync(int milliseconds) => milliseconds == 0 ? Task.CompletedTask : Task.Delay(milliseconds * Behaviour.Slowness);

    /// <returns>False when it was reset.</returns>
    private async Task<bool> SendAsync(Socket socket, string first, int more, Stamp stamp, bool isEnded)
    {
        var ended = isEnded ? $"{first}\n" : first;
        var answer = new byte[ended.Length + more];
        Encoding.Latin1.GetBytes(ended, answer);
        answer.AsSpan(ended.Length).Fill(Stamp.LetterOf(stamp.Id));
        var every = Behaviour.ResetEvery;
        var isReset = every > 0 && stamp.Id != "/" && Interlocked.Increment(ref _answers) % every == 0;
        for (var left = answer.AsMemory(0, isReset ? answer.Length - 8 : answer.Length); left.Length > 0;)
            left = left[await socket.SendAsync(left)..];
        if (isReset) socket.LingerState = new LingerOption(true, 0);
        return !isReset;
    }

    private static int Number(string head, string field)
    {
        var at = head.IndexOf(field, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head.AsSpan(at + field.Length).Trim().ToString().Split('\r')[0], CultureInfo.InvariantCulture);
    }
}
