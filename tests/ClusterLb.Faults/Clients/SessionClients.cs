using System.Collections.Concurrent;
using ClusterLb.Faults.History;

namespace ClusterLb.Faults.Clients;

/// <summary>
/// Clients with sessions whose requests go to all nodes at once: every session sends three requests to three nodes, waits for all answers,
/// and does so again. Writes every request down.
/// </summary>
public sealed class SessionClients : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<RequestEntry> _history = new();
    private readonly SessionClient[] _clients;
    private readonly Task[] _running;

    /// <param name="nodes">Names and ports; three or more.</param>
    /// <param name="sessions">Each with an address of its own, up to 60,000.</param>
    /// <param name="pause">Between a session's last answer and its next three requests.</param>
    /// <param name="clock">The run's.</param>
    public SessionClients(IReadOnlyList<(string Name, int Port)> nodes, int sessions, TimeSpan pause, RunClock clock)
    {
        _clients = [.. Enumerable.Range(0, sessions).Select(session => new SessionClient(session, nodes, clock, _history.Enqueue))];
        _running = [.. _clients.Select(client => Task.Run(() => client.RunAsync(pause, _stop.Token)))];
    }

    public IReadOnlyCollection<RequestEntry> History => _history;

    /// <summary>Every session has had an answer.</summary>
    public bool AllBegan => _clients.All(client => client.HasBegun);

    /// <summary>Paths of POSTs that got an answer.</summary>
    public IEnumerable<string> Posted => _clients.SelectMany(client => client.Posted);

    /// <summary>Waits for what is under way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var client in _clients) client.Dispose();
        _stop.Dispose();
    }
}
