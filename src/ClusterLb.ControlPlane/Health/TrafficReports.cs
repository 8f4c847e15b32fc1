using System.Collections.Concurrent;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// What the data plane reports of failing backends, on its way to the monitor: at most one report per backend waits, however many
/// requests fail, so it is bounded by the number of backends and a loop never waits for an actor.
/// </summary>
public sealed class TrafficReports : IOutcomeSink
{
    private readonly ConcurrentDictionary<string, Outcome> _waiting = new();
    private volatile Action? _notify;

    public void Report(Backend backend, in Outcome outcome)
    {
        if (outcome.Side == Side.Upstream && _waiting.TryAdd(backend.Id, outcome)) _notify?.Invoke();
    }

    /// <summary>Called whenever a report begins to wait; on an event loop, so it must only send a message.</summary>
    internal void Subscribe(Action? notify) => _notify = notify;

    /// <summary>Takes all that wait.</summary>
    internal IReadOnlyList<string> Take()
    {
        var taken = _waiting.Keys.ToList();
        foreach (var backend in taken) _waiting.TryRemove(backend, out _);
        return taken;
    }
}
