using System.Net;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>Clients that ask one after the other until it ends, half of which keep their connections.</summary>
internal sealed class NodeLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _done = new();
    private readonly List<Task<(int Served, List<string> Failures)>> _clients;

    private NodeLoad(IPEndPoint endPoint, int clients) => _clients =
        [.. Enumerable.Range(0, clients).Select(client => AskAsync(endPoint, keepAlive: client % 2 == 0, _done.Token))];

    public static NodeLoad Begin(IPEndPoint endPoint, int clients) => new(endPoint, clients);

    public async Task<(int Served, IReadOnlyList<string> Failures)> EndAsync()
    {
        await _done.CancelAsync();
        var results = await Task.WhenAll(_clients);
        return (results.Sum(result => result.Served), [.. results.SelectMany(result => result.Failures)]);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _done.Dispose();
    }

    private static async Task<(int Served, List<string> Failures)> AskAsync(IPEndPoint endPoint, bool keepAlive, CancellationToken done)
    {
        using var http = new HttpClient();
        if (!keepAlive) http.DefaultRequestHeaders.ConnectionClose = true;
        var (served, failures) = (0, new List<string>());
        while (!done.IsCancellationRequested)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"http://{endPoint}/"), CancellationToken.None);
                if (response.StatusCode == HttpStatusCode.OK) served++;
                else failures.Add(response.StatusCode.ToString());
            }
            catch (HttpRequestException failure)
            {
                failures.Add(failure.ToString());
            }
        }

        return (served, failures);
    }
}
