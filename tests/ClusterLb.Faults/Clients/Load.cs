using System.Collections.Concurrent;
using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Clients;

/// <summary>All clients of a run.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly IReadOnlyList<Client> _clients;
    private readonly IReadOnlyList<Task> _running;

    public Load(IEnumerable<ClientPlan> plans, RunClock clock)
    {
        _clients = [.. plans.Select(plan => new Client(plan, clock, _requests.Enqueue))];
        _running = [.. _clients.Select(client => Task.Run(() => client.RunAsync(_stop.Token)))];
    }

    /// <summary>Those that are over by now.</summary>
    public IReadOnlyCollection<Request> Requests => _requests;

    /// <summary>Sends nothing more, and waits for what is under way.</summary>
    public async Task<IReadOnlyCollection<Request>> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        return _requests;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var client in _clients) client.Dispose();
        _stop.Dispose();
    }
}
