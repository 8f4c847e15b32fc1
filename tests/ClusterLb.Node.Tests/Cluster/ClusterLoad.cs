using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// Clients as behind DNS: each keeps its connection to a node while it may, and takes the next node when it may not or nobody is there.
/// </summary>
internal sealed class ClusterLoad : IAsyncDisposable
{
    /// <summary>Of each client: enough to notice everything, and little of a machine that has the nodes to run, too.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<ClusterNode> _nodes;
    private readonly List<Task> _clients;
    private int _served;
    private int _failed;

    /// <param name="nodes">That clients know of.</param>
    /// <param name="clients">At once.</param>
    public ClusterLoad(IReadOnlyList<ClusterNode> nodes, int clients)
    {
        _nodes = nodes;
        _clients = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => RunAsync(i)))];
    }

    public int Served => Volatile.Read(ref _served);

    /// <summary>Requests that were sent on a connection and got no answer, or one that is no 200.</summary>
    public int Failed => Volatile.Read(ref _failed);

    public string FirstFailure { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
    }

    private async Task RunAsync(int at)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1, ConnectTimeout = TimeSpan.FromSeconds(5) });
        using var pace = new PeriodicTimer(s_pace);
        while (!_stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync();
            try
            {
                using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{_nodes[at % _nodes.Count].Port}/"));
                if (response.StatusCode == HttpStatusCode.OK) Interlocked.Increment(ref _served);
                else Fail($"{_nodes[at % _nodes.Count]}: {response.StatusCode}");
                if (response.Headers.ConnectionClose == true) at++;
            }
            catch (HttpRequestException failure)
                when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                // Nobody there: the next address of the name.
                at++;
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                Fail($"{_nodes[at % _nodes.Count]}: {failure}");
            }
        }
    }

    private void Fail(string what)
    {
        if (Interlocked.Increment(ref _failed) == 1) FirstFailure = what;
    }
}
