using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Demo;

/// <summary>
/// A client of a name that stands for several nodes, as browsers are clients: it connects to any of the addresses, to the next one where
/// nobody answers, and sends a GET again whose connection breaks. It begins at once and goes on until it is disposed.
/// </summary>
internal sealed class SampleClient : IAsyncDisposable
{
    private const int Workers = 4;
    /// <summary>Of what a backend says of itself.</summary>
    private const int LongestName = 32;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    /// <summary>With one address: a machine that is gone says nothing.</summary>
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(1);
    /// <summary>So that the name is asked again, and nodes that are back get work.</summary>
    private static readonly TimeSpan s_connection = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _byBackend = new();
    private readonly Uri _url;
    private readonly HttpClient _http;
    private readonly Task _running;
    private long _requests;
    private long _failed;
    private long _sentAgain;
    private volatile string _trouble = "";

    public SampleClient(Uri url, TimeProvider time)
    {
        _url = url;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = s_connection,
            ConnectCallback = (context, stop) => ConnectAsync(context.DnsEndPoint, stop),
        })
        { Timeout = s_patience };
        _running = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => RunAsync(time)));
    }

    /// <summary>Since it began. Any thread.</summary>
    public ClientCount Count => new(Interlocked.Read(ref _requests), Interlocked.Read(ref _failed), Interlocked.Read(ref _sentAgain),
        _byBackend.ToImmutableSortedDictionary(StringComparer.Ordinal), _trouble);

    /// <summary>The addresses behind the name at this moment; none when it does not resolve.</summary>
    public async Task<IReadOnlyList<IPAddress>> LookUpAsync()
    {
        try
        {
            return await System.Net.Dns.GetHostAddressesAsync(_url.DnsSafeHost);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _http.Dispose();
        _stop.Dispose();
    }

    /// <summary>To any address of the name first, then to the others.</summary>
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint node, CancellationToken stop)
    {
        var addresses = await System.Net.Dns.GetHostAddressesAsync(node.Host, stop);
        new Random().Shuffle(addresses);
        for (var i = 0; ; i++)
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(addresses[i], node.Port), stop);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException
                && i < addresses.Length - 1 && !stop.IsCancellationRequested)
            {
                // Nothing was sent: the next one may be asked.
            }
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint node, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(s_connect);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(node, patience.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) await AskAsync();
        }
        catch (OperationCanceledException)
        {
            // It was told to stop.
        }
    }

    private async Task AskAsync()
    {
        for (var isSentAgain = false; ; isSentAgain = true)
        {
            try
            {
                using var response = await _http.GetAsync(_url, _stop.Token);
                var text = await response.Content.ReadAsStringAsync(_stop.Token);
                if (response.IsSuccessStatusCode) Served(text);
                else Failed($"status {(int)response.StatusCode}");
                return;
            }
            catch (HttpRequestException) when (!isSentAgain)
            {
                // A GET may be sent twice.
                Interlocked.Increment(ref _sentAgain);
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                _stop.Token.ThrowIfCancellationRequested();
                Failed((failure.InnerException ?? failure).Message.ReplaceLineEndings(" "));
                return;
            }
        }
    }

    /// <param name="text">Of a sample backend, <c>hello from b1</c>; of any other whatever it is.</param>
    private void Served(string text)
    {
        Interlocked.Increment(ref _requests);
        var name = text.Trim().Split(' ')[^1];
        _byBackend.AddOrUpdate(name.Length is 0 or > LongestName ? "somebody" : name, 1, (_, count) => count + 1);
    }

    private void Failed(string trouble)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _failed);
        _trouble = trouble;
    }
}
