using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterLb.Testing;

/// <summary>One request as a backend received it, byte by byte.</summary>
/// <param name="Head">Request line and fields, with the empty line.</param>
/// <param name="Body">The decoded body.</param>
/// <param name="Wire">All of it: head, chunk framing, trailers.</param>
/// <param name="Connection">Which connection it came on, from 1.</param>
public sealed record RecordedRequest(string Head, string Body, string Wire, int Connection)
{
    public string Line => Head[..Head.IndexOf('\r', StringComparison.Ordinal)];

    /// <summary>All values of a field, in order.</summary>
    public IReadOnlyList<string> Values(string name) =>
        [.. Head.Split("\r\n").Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim())];

    public string? Value(string name) => Values(name) is [var only] ? only : null;
}

/// <summary>What a scripted backend does with a request: bytes to send, then perhaps an end.</summary>
public sealed record Reply(string Bytes, bool Close = false, bool Reset = false)
{
    /// <summary>Awaited before anything is sent.</summary>
    public Task? After { get; init; }

    /// <summary>Sent after <see cref="Bytes"/>, each once its task has ended.</summary>
    public IReadOnlyList<(Task After, string Bytes)> Then { get; init; } = [];

    /// <summary>Completed once all of it was sent.</summary>
    public TaskCompletionSource? Sent { get; init; }

    public static Reply Ok(string body = "ok") =>
        new(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    public static implicit operator Reply(string bytes) => new(bytes);
}

/// <summary>
/// A backend on a raw socket that parses as strictly as the standard allows and records what it got: what it cannot parse is a failure
/// of the proxy before it, kept in <see cref="Violations"/>.
/// </summary>
public sealed class RawBackend : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly Func<RecordedRequest, Reply> _answer;
    private readonly bool _waitsForBody;
    private readonly Task _accepting;
    private volatile bool _isKilled;
    private int _connections;
    private int _ended;

    private RawBackend(Func<RecordedRequest, Reply> answer, bool waitsForBody, IPEndPoint bind)
    {
        (_answer, _waitsForBody, _listener) = (answer, waitsForBody, new TcpListener(bind));
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    public ConcurrentQueue<string> Violations { get; } = new();

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections that the other end has finished or reset, or this one closed.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <param name="answer">Called for every request, on a pool thread.</param>
    /// <param name="waitsForBody">False: answers as soon as it has the head, the body unread.</param>
    public static RawBackend Start(Func<RecordedRequest, Reply> answer, bool waitsForBody = true) =>
        new(answer, waitsForBody, new IPEndPoint(IPAddress.Loopback, 0));

    public static RawBackend Start(string body = "ok") => Start(_ => Reply.Ok(body));

    /// <summary>Where another one was, or nobody yet.</summary>
    /// <param name="answer">Null = 200 to everything.</param>
    public static RawBackend StartAt(IPEndPoint bind, Func<RecordedRequest, Reply>? answer = null) =>
        new(answer ?? (_ => Reply.Ok()), waitsForBody: true, bind);

    /// <summary>Ends every connection with RST, as a killed process does, and listens no more.</summary>
    public void Kill()
    {
        _isKilled = true;
        _listener.Stop();
        foreach (var socket in _open) Abort(socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Kill();
        await _accepting;
        _stopping.Dispose();
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            return;
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                _open.Add(socket);
                // It was on its way when all others were ended.
                if (_isKilled) Abort(socket);
                serving.Add(ServeAsync(socket, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception end)
            when (end is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket socket, int connection)
    {
        try
        {
            socket.NoDelay = true;
            var reader = new StrictReader(socket);
            while (await reader.ReadHeadAsync(_stopping.Token) is { } head)
            {
                var body = _waitsForBody ? await reader.ReadBodyAsync(head, _stopping.Token) : "";
                var request = new RecordedRequest(head, body, reader.Wire, connection);
                Requests.Enqueue(request);
                if (!await AnswerAsync(socket, _answer(request))) return;
            }
        }
        catch (FormatException violation)
        {
            Violations.Enqueue(violation.Message);
            socket.Dispose();
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            socket.Dispose();
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private async Task<bool> AnswerAsync(Socket socket, Reply reply)
    {
        if (reply.After is not null) await reply.After.WaitAsync(_stopping.Token);
        await socket.SendAsync(Encoding.Latin1.GetBytes(reply.Bytes), _stopping.Token);
        foreach (var (after, bytes) in reply.Then)
        {
            await after.WaitAsync(_stopping.Token);
            await socket.SendAsync(Encoding.Latin1.GetBytes(bytes), _stopping.Token);
        }

        reply.Sent?.SetResult();
        if (reply.Reset) Abort(socket);
        else if (reply.Close) socket.Dispose();
        return !reply.Reset && !reply.Close;
    }
}
