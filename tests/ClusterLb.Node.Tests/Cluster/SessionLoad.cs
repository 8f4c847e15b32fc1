using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// Clients with sessions as behind DNS without any affinity: each request goes to the next node, over a new connection, with all cookies
/// the client was given. Writes down which backend served every request of every session.
/// </summary>
internal sealed class SessionLoad : IAsyncDisposable
{
    private const int Workers = 6;

    /// <summary>Of each worker: enough to notice everything, and little of a machine that has the nodes to run, too.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<ClusterNode> _nodes;
    private readonly SessionClient[] _clients;
    private readonly List<Task> _workers;
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly SemaphoreSlim _turns = new(Workers);
    private int _served;

    /// <param name="nodes">That clients know of.</param>
    /// <param name="sessions">One client each, 250 at most.</param>
    /// <param name="path">Which they ask for.</param>
    public SessionLoad(IReadOnlyList<ClusterNode> nodes, int sessions, string path = "/")
    {
        _nodes = nodes;
        _clients = [.. Enumerable.Range(0, sessions).Select(i => new SessionClient(i, path))];
        _workers = [.. Enumerable.Range(0, Workers).Select(i => Task.Run(() => RunAsync(i)))];
    }

    /// <summary>Rounds over all sessions that are complete.</summary>
    public int Rounds => Volatile.Read(ref _served) / _clients.Length;

    public int Served => Volatile.Read(ref _served);

    /// <summary>Requests that got no answer, or one that is no 200; not those that found nobody listening.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Where every session is now.</summary>
    public IReadOnlyDictionary<int, string> Homes => _clients.ToDictionary(client => client.Id, client => client.Home);

    /// <summary>How often each session has changed its backend.</summary>
    public IReadOnlyDictionary<int, int> Moves => _clients.ToDictionary(client => client.Id, client => client.Moves);

    /// <summary>From here on nobody asks, until the answer is disposed of.</summary>
    public async Task<IDisposable> PauseAsync()
    {
        for (var i = 0; i < Workers; i++) await _turns.WaitAsync();
        return new Paused(_turns);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        _stop.Dispose();
        _turns.Dispose();
        foreach (var client in _clients) client.Dispose();
    }

    /// <summary>Each worker has clients of its own: a session has one request at a time.</summary>
    private async Task RunAsync(int worker)
    {
        using var pace = new PeriodicTimer(s_pace);
        for (var i = worker; !_stop.IsCancellationRequested; i = i + Workers < _clients.Length ? i + Workers : worker)
        {
            await pace.WaitForNextTickAsync();
            await _turns.WaitAsync();
            var failure = await _clients[i].AskAsync(_nodes);
            _turns.Release();
            if (failure is null) Interlocked.Increment(ref _served);
            else _failures.Enqueue(failure);
        }
    }

    private sealed class Paused(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release(Workers);
    }

    private sealed class SessionClient(int id, string path) : IDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler
        {
            UseCookies = true,
            CookieContainer = new CookieContainer(),
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = (context, stop) => ConnectAsync(new IPAddress([127, 1, 0, (byte)(id + 1)]), context.DnsEndPoint, stop),
        });

        private int _next;

        public int Id => id;

        public string Home { get; private set; } = "";

        public int Moves { get; private set; }

        /// <summary>Null when it was served; nobody listening is no failure: the next address of the name is tried.</summary>
        public async Task<string?> AskAsync(IReadOnlyList<ClusterNode> nodes)
        {
            for (var attempt = 0; ; attempt++)
            {
                var node = nodes[(id + _next++) % nodes.Count];
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{node.Port}{path}");
                    request.Headers.Add("X-User", $"user-{id}");
                    using var response = await _http.SendAsync(request);
                    if (response.StatusCode != HttpStatusCode.OK) return $"{node}: session {id}: {response.StatusCode}";
                    Note(await response.Content.ReadAsStringAsync());
                    return null;
                }
                catch (HttpRequestException failure) when (IsNodeGone(failure) && attempt < nodes.Count)
                {
                }
                catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
                {
                    return $"{node}: session {id}: {failure}";
                }
            }
        }

        public void Dispose() => _http.Dispose();

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

        private void Note(string backend)
        {
            if (Home.Length > 0 && Home != backend) Moves++;
            Home = backend;
        }

        /// <summary>A node that is killed takes its connections along: no balancer can give these back.</summary>
        private static bool IsNodeGone(HttpRequestException failure) =>
            failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset }
                or IOException or HttpIOException
            || failure.HttpRequestError is HttpRequestError.ResponseEnded;
    }
}
