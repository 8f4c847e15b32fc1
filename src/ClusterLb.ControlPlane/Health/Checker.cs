using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// Runs the checks of whoever owns it, never two of one backend at once. It works in turns: what is due within a moment is started together
/// and what came back is taken together, because waking threads for each check costs several times the check. Used by one actor.
/// </summary>
/// <param name="tables">Where backends are.</param>
/// <param name="check">Asks them.</param>
/// <param name="soon">Results wait: asks the owner for a turn within <see cref="Turn"/>. Any thread.</param>
/// <param name="now">A failure waits: asks for a turn at once. Any thread.</param>
internal sealed class Checker(RoutingTableHolder tables, Clock clock, IBackendCheck check, Action soon, Action now) : IDisposable
{
    /// <summary>Sockets waited for at once; with more due, the next ones wait for a result.</summary>
    private const int MaxRunning = 256;

    /// <summary>However much traffic fails, it brings a backend's check forward no sooner than so long after the last one.</summary>
    private const long LeastGapMilliseconds = 200;

    /// <summary>From one turn to the next, unless a failure asks for one.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    private readonly CheckQueue _queue = new();
    private readonly CheckResults _results = new(soon, now);
    private readonly Dictionary<string, long> _checkedAt = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<string> _running = [];

    /// <summary>Checks under way end with the owner: the next one starts its own.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Puts a backend in, or moves it.</summary>
    /// <param name="at">Monotonic milliseconds.</param>
    public void Schedule(string backend, long at) => _queue.Schedule(backend, at);

    /// <summary>It waits for its turn, or is being asked.</summary>
    public bool Contains(string backend) => _queue.Contains(backend) || _running.Contains(backend);

    /// <summary>Asks it no more. One that is being asked ends, and says nothing when it is not configured any more.</summary>
    public void Drop(string backend)
    {
        _queue.Remove(backend);
        _checkedAt.Remove(backend);
    }

    public void DropAll() => _queue.Clear();

    /// <summary>
    /// Something speaks against it: asks at once instead of at its time. One that is asked already does not wait in the queue.
    /// </summary>
    public void Hurry(string backend)
    {
        var at = clock.NowMilliseconds;
        if (_queue.Contains(backend) && at - _checkedAt.GetValueOrDefault(backend) >= LeastGapMilliseconds) _queue.Schedule(backend, at);
    }

    /// <summary>What came back since the last turn. Who is still to be checked must be scheduled anew.</summary>
    public IEnumerable<CheckDone> TakeResults()
    {
        foreach (var done in _results.Take())
        {
            _running.Remove(done.Backend);
            if (tables.Current.FindBackend(done.Backend) is not { } found) continue;
            if (done.Server?.IsSameServerAs(found.Backend) == false)
            {
                _queue.Schedule(done.Backend, clock.NowMilliseconds);
                continue;
            }

            _checkedAt[done.Backend] = done.At;
            yield return done;
        }
    }

    /// <summary>Starts what is due.</summary>
    /// <returns>When the next turn is due; null = a result will ask for it.</returns>
    public TimeSpan? StartDue()
    {
        var at = clock.NowMilliseconds;
        while (_running.Count < MaxRunning && _queue.TryTake(at, out var backend)) Start(backend, at);
        if (_queue.NextAt is not { } next || _running.Count >= MaxRunning) return null;
        return TimeSpan.FromMilliseconds(Math.Max(next - at, Turn.TotalMilliseconds));
    }

    private void Start(string id, long at)
    {
        if (tables.Current.FindBackend(id) is not { } found) return;
        if (found.Pool.AdminOf(found.Backend) == AdminState.Maintenance)
        {
            // Not asked while an operator works on it, but asked again once it is back.
            _queue.Schedule(id, at + (long)found.Pool.Config.Health.Interval.TotalMilliseconds);
            return;
        }

        _running.Add(id);
        _ = CheckAsync(found.Backend, found.Pool.Config.Health);
    }

    /// <summary>Ends where the probe ends, with a result; a check never throws.</summary>
    private async Task CheckAsync(Backend backend, HealthConfig config)
    {
        var result = await check.ProbeAsync(backend, config, _stopping.Token).ConfigureAwait(false);
        _results.Add(new CheckDone(backend.Id, result, clock.NowMilliseconds) { Server = backend });
    }
}
