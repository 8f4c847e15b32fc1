using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>
/// Clients that ask at their own pace whatever becomes of it, on bare sockets, so that nothing is tried again and nothing hidden: over kept
/// connections until a response says that it is the last, over one connection per request, and through a TCP listener.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _done = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly List<Task> _clients;
    private long _served;
    private long _lasts;

    private SteadyLoad(int http, int tcp, int each)
    {
        var (web, raw) = (new IPEndPoint(IPAddress.Loopback, http), new IPEndPoint(IPAddress.Loopback, tcp));
        _clients =
        [
            .. Enumerable.Range(0, each).Select(_ => Task.Run(() => RunAsync(web, keeps: true))),
            .. Enumerable.Range(0, each).Select(_ => Task.Run(() => RunAsync(web, keeps: false))),
            .. Enumerable.Range(0, each).Select(_ => Task.Run(() => RunAsync(raw, keeps: false))),
        ];
    }

    public long Served => Interlocked.Read(ref _served);

    /// <summary>Kept connections that were ended by a response that said so.</summary>
    public long Lasts => Interlocked.Read(ref _lasts);

    public IReadOnlyCollection<string> Failures => _failures;

    /// <param name="each">Clients of each kind.</param>
    public static SteadyLoad On(TakenNode node, int each) => new(node.Port, node.Tcp, each);

    public async Task StopAsync()
    {
        await _done.CancelAsync();
        await Task.WhenAll(_clients);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _done.Dispose();
    }

    private async Task RunAsync(IPEndPoint endPoint, bool keeps)
    {
        using var pace = new PeriodicTimer(s_pace);
        Socket? kept = null;
        while (!_done.IsCancellationRequested)
        {
            var step = "connect";
            try
            {
                using var patience = new CancellationTokenSource(s_patience);
                if (kept is null)
                {
                    kept = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await kept.ConnectAsync(endPoint, patience.Token);
                    step = "first request";
                }
                else
                {
                    step = "next request";
                }

                var isLast = await AskAsync(kept, keeps, patience.Token);
                Interlocked.Increment(ref _served);
                if (keeps && isLast) Interlocked.Increment(ref _lasts);
                if (!keeps || isLast)
                {
                    step = "end";
                    // A reset shows here.
                    if (await kept.ReceiveAsync(new byte[1], SocketFlags.None, patience.Token) > 0) throw new IOException("not its end");
                    (kept, _) = (null, Drop(kept));
                }
            }
            catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
            {
                _failures.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{endPoint.Port} {step}: {failure.Message}"));
                (kept, _) = (null, Drop(kept));
            }

            await pace.WaitForNextTickAsync();
        }

        Drop(kept);
    }

    private static bool Drop(Socket? socket)
    {
        socket?.Dispose();
        return true;
    }

    /// <returns>The response says that the connection ends.</returns>
    private static async Task<bool> AskAsync(Socket socket, bool keeps, CancellationToken patience)
    {
        var close = keeps ? "" : "Connection: close\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: test\r\n{close}\r\n"), SocketFlags.None, patience);
        var (buffer, length) = (new byte[4096], 0);
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, patience);
            if (got == 0) throw new IOException($"closed after {length} bytes of a response");
            length += got;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            // The last chunk.
            if (!text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)) continue;
            if (!text.Contains("\r\nhello from b1\n\r\n", StringComparison.Ordinal)) throw new IOException(text);
            if (!text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)) throw new IOException(text);
            return text.Contains("connection: close", StringComparison.OrdinalIgnoreCase);
        }
    }
}
