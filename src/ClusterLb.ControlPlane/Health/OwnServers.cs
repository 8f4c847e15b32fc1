using System.Collections.Concurrent;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Routing;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// What is known of the very servers that this node dials where a backend is given by name, and which of them the monitor's word is not
/// about, since its node finds another server under that name. Outlives ActorSystems. One actor at a time writes, any thread reads.
/// </summary>
internal sealed class OwnServers
{
    private readonly ConcurrentDictionary<string, BackendVerdict> _verdicts = new();
    private readonly ConcurrentDictionary<string, OtherServer> _others = new();

    /// <summary>Backends that are another server for the monitor, by id.</summary>
    public IReadOnlyDictionary<string, OtherServer> Others => _others;

    /// <summary>Compares a word of the monitor with what this node dials.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <returns>Differences that ended.</returns>
    public IReadOnlyList<string> Follow(HealthSnapshot word, RoutingTable table, long now)
    {
        foreach (var pool in table.Pools.Where(pool => pool.Config.Health.Probe is not null))
        {
            foreach (var backend in pool.Members.Where(ServerName.MayDiffer))
            {
                // No verdict yet: it may come to be about this server.
                if (!word.Verdicts.TryGetValue(backend.Id, out var verdict)) continue;
                if (verdict.IsOf(backend)) _verdicts[backend.Id] = verdict;
                else Differ(backend, verdict, now);
            }
        }

        var ended = _others.Keys.Where(id => !IsOther(id)).ToList();
        foreach (var id in ended) _others.TryRemove(id, out _);
        foreach (var id in _verdicts.Keys.Where(id => table.FindBackend(id) is null)) _verdicts.TryRemove(id, out _);
        return ended;

        bool IsOther(string id) => table.FindBackend(id) is { } found && ServerName.MayDiffer(found.Backend)
            && !(word.Verdicts.TryGetValue(id, out var verdict) && verdict.IsOf(found.Backend));
    }

    /// <summary>A word with what is known here in place of what is about other servers than those that this node dials.</summary>
    public HealthSnapshot Complete(HealthSnapshot word, RoutingTable table)
    {
        var known = _verdicts.Where(own => table.FindBackend(own.Key) is { } found && own.Value.IsOf(found.Backend)
            && !(word.Verdicts.TryGetValue(own.Key, out var verdict) && verdict.IsOf(found.Backend))).ToList();
        return known.Count == 0 ? word : word with { Verdicts = word.Verdicts.SetItems(known) };
    }

    public void Put(string backend, BackendVerdict verdict) => _verdicts[backend] = verdict;

    public void Told(string backend)
    {
        if (_others.TryGetValue(backend, out var other)) _others[backend] = other with { IsTold = true };
    }

    private void Differ(Backend backend, BackendVerdict verdict, long now)
    {
        if (!_verdicts.TryGetValue(backend.Id, out var own) || !own.IsOf(backend))
            _verdicts[backend.Id] = new BackendVerdict(CheckState.New(now), null, "not checked yet") { Address = ServerName.Of(backend) };
        var (since, isTold) = _others.TryGetValue(backend.Id, out var known) ? (known.Since, known.IsTold) : (now, false);
        _others[backend.Id] = new OtherServer(ServerName.Of(backend), verdict.Address, since, isTold);
    }
}

/// <param name="Address">That this node dials.</param>
/// <param name="OfMonitor">That the monitor's word is about.</param>
/// <param name="Since">Monotonic milliseconds.</param>
/// <param name="IsTold">Operators have been told.</param>
internal sealed record OtherServer(string Address, string OfMonitor, long Since, bool IsTold);
