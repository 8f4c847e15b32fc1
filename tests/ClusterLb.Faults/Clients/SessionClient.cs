using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Faults.Backends;
using ClusterLb.Faults.History;

namespace ClusterLb.Faults.Clients;

/// <summary>One client: its cookies, its header, its address.</summary>
internal sealed class SessionClient(int id, IReadOnlyList<(string Name, int Port)> nodes, RunClock clock, Action<RequestEntry> write)
    : IDisposable
{
    private const int AtOnce = 3;
    private const int RoundsAPost = 4;
    private const int RoundsASlowOne = 40;

    private readonly ConcurrentDictionary<string, string> _cookies = new();
    private readonly ConcurrentQueue<string> _posted = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        ConnectCallback = (context, stop) =>
            ConnectAsync(new IPAddress([127, 1, (byte)(id / 250), (byte)(id % 250 + 1)]), context.DnsEndPoint, stop),
    })
    { Timeout = TimeSpan.FromSeconds(30) };

    private int _requests;
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    public IEnumerable<string> Posted => _posted;

    public void Dispose() => _http.Dispose();

    public async Task RunAsync(TimeSpan pause, CancellationToken stop)
    {
        // A client that has no cookie yet would begin three sessions.
        while (!_hasBegun && !stop.IsCancellationRequested) await AskAsync(id, HttpMethod.Get, "/");
        for (var round = id; !stop.IsCancellationRequested; round++)
        {
            var asking = new List<Task>(AtOnce);
            for (var i = 0; i < AtOnce; i++)
            {
                var isPost = i == 0 && round % RoundsAPost == 0;
                var isSlow = i == 1 && round % RoundsASlowOne == 0;
                asking.Add(AskAsync(round + i, isPost ? HttpMethod.Post : HttpMethod.Get, isSlow ? BackendServer.SlowPath : "/"));
            }

            await Task.WhenAll(asking);
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// One request; when nobody is there or the node dies over it, the next address of the name is asked, but a POST is not repeated.
    /// </summary>
    private async Task AskAsync(int first, HttpMethod method, string folder)
    {
        // With the process: a run beside this one may meet a backend of ours where one of its own was.
        var path = string.Create(CultureInfo.InvariantCulture,
            $"{folder}{Environment.ProcessId}/{id}/{Interlocked.Increment(ref _requests)}");
        var begin = clock.Now;
        for (var attempt = 0; ; attempt++)
        {
            var node = nodes[(first + attempt) % nodes.Count];
            var isLast = attempt == nodes.Count;
            try
            {
                using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{node.Port}{path}");
                request.Headers.Add("X-User", $"user-{id}");
                if (!_cookies.IsEmpty)
                    request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
                if (method == HttpMethod.Post) request.Content = new StringContent("x");
                using var response = await _http.SendAsync(request);
                await TakeAsync(response, path, begin, node.Name, folder == BackendServer.SlowPath);
                if (method == HttpMethod.Post) _posted.Enqueue(path);
                return;
            }
            catch (HttpRequestException failure) when (!isLast
                && (method != HttpMethod.Post
                || failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }))
            {
                // The node is gone.
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
            {
                write(new RequestEntry(id, begin, clock.Now, node.Name, "", 0));
                return;
            }
        }
    }

    private async Task TakeAsync(HttpResponseMessage response, string path, double begin, string node, bool isSlow)
    {
        var body = (await response.Content.ReadAsStringAsync()).Split(' ');
        var isServed = response.StatusCode == HttpStatusCode.OK;
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            if (cookie.Split(';')[0].Split('=', 2) is [var name, var value]) _cookies[name] = value;
        }

        write(new RequestEntry(id, begin, clock.Now, node, isServed ? body[0] : "", (int)response.StatusCode)
        {
            IsCrossed = isServed
            && body[^1] != path,
            IsSlow = isSlow
        });
        _hasBegun |= isServed;
    }

    /// <summary>Every client has an address of its own.</summary>
    private static async ValueTask<Stream> ConnectAsync(IPAddress from, DnsEndPoint node, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Parse(node.Host), node.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
