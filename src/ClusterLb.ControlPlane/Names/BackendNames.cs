using System.Collections.Immutable;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Names;

/// <summary>
/// Keeps backends that are given by name at what their names stand for: asks each name at the start, and again when its answer is old, and
/// publishes a table when that changed. An address that is another server is a changed address: unknown until it was checked, and the old
/// one drains. No actor, so that it works whatever ActorSystem runs. Nothing on the path of a request waits for it.
/// </summary>
/// <param name="resolver">Asked for one name at a time, for many names at once.</param>
/// <param name="table">Has a part of what is published here; is told of every change.</param>
/// <param name="journal">Is told what a name stands for when that changes, in one line.</param>
/// <param name="random">Spreads refreshes; used under a lock.</param>
public sealed class BackendNames(INameResolver resolver, DesiredTable table, EventJournal journal, Random random, TimeProvider time)
    : ITablePart, IAsyncDisposable
{
    private const int MostAtOnce = 32;

    private readonly Lock _changing = new();
    private readonly Dictionary<string, CancellationTokenSource> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _asking = new(MostAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _following = [];
    private volatile ImmutableDictionary<string, KnownName> _known =
        ImmutableDictionary.Create<string, KnownName>(StringComparer.OrdinalIgnoreCase);
    private ClusterLbConfig? _desired;

    public async Task PrepareAsync(ClusterLbConfig desired)
    {
        List<Task<TimeSpan>> firsts = [];
        lock (_changing)
        {
            _following.RemoveAll(task => task.IsCompleted);
            foreach (var host in HostsOf(desired).Where(host => !_names.ContainsKey(host)))
            {
                var forgotten = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                _names[host] = forgotten;
                _known = _known.SetItem(host, KnownName.NotAsked);
                var token = forgotten.Token;
                // Not under this lock, which an answer takes.
                var first = Task.Run(() => LearnAsync(host, token));
                firsts.Add(first);
                _following.Add(FollowAsync(host, first, token));
            }
        }

        if (firsts.Count > 0) await Task.WhenAny(Task.WhenAll(firsts), Task.Delay(DesiredTable.StartBound, time));
    }

    public void Follow(ClusterLbConfig desired)
    {
        lock (_changing)
        {
            _desired = desired;
            ForgetBut(desired);
        }
    }

    public ClusterLbConfig Put(ClusterLbConfig config) => config with
    {
        Pools = config.Pools.Select(pool => pool.Backends.Any(backend => backend.Host.Length > 0)
            ? pool with { Backends = pool.Backends.Select(Put).ToEquatableList() }
            : pool).ToEquatableList(),
    };

    public void Abandon()
    {
        lock (_changing)
        {
            if (_desired is not null) ForgetBut(_desired);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] following;
        lock (_changing) following = [.. _following];
        await Task.WhenAll(following);
        foreach (var forgotten in _names.Values) forgotten.Dispose();
        _stop.Dispose();
        _asking.Dispose();
    }

    private static IEnumerable<string> HostsOf(ClusterLbConfig config) => config.Pools.SelectMany(pool => pool.Backends)
        .Select(backend => backend.Host).Where(host => host.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Under the lock.</summary>
    private void ForgetBut(ClusterLbConfig config)
    {
        var wanted = HostsOf(config).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var host in _names.Keys.Where(host => !wanted.Contains(host)).ToList())
        {
            _names.Remove(host, out var gone);
            _known = _known.Remove(host);
            gone!.Cancel();
            gone.Dispose();
        }
    }

    /// <param name="first">The question that the start waits for, under way.</param>
    private async Task FollowAsync(string host, Task<TimeSpan> first, CancellationToken forgotten)
    {
        try
        {
            for (var learning = first; ; learning = LearnAsync(host, forgotten)) await Task.Delay(await learning, time, forgotten);
        }
        catch (OperationCanceledException)
        {
            // The node leaves, or nobody has to do with the name any more.
        }
    }

    /// <summary>A bug in a look-up, or in whoever hears of its answer, costs this question and not the name.</summary>
    private async Task<TimeSpan> LearnAsync(string host, CancellationToken forgotten)
    {
        try
        {
            return Learn(host, await AskAsync(host, forgotten), forgotten);
        }
        catch (Exception bug) when (bug is not OperationCanceledException || !forgotten.IsCancellationRequested)
        {
            journal.Announce(host, $"name could not be looked up: {bug.Message}");
            return KnownName.NextAfter(NameAnswer.Failed(bug.Message), draw: 0.5);
        }
    }

    private async Task<NameAnswer> AskAsync(string host, CancellationToken forgotten)
    {
        await _asking.WaitAsync(forgotten);
        try
        {
            return await resolver.ResolveAsync(host, forgotten);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <returns>After which time to ask again.</returns>
    private TimeSpan Learn(string host, NameAnswer answer, CancellationToken forgotten)
    {
        lock (_changing)
        {
            // It may be another one's by now, who asks for himself.
            forgotten.ThrowIfCancellationRequested();
            var (before, after) = (_known[host], _known[host].After(answer));
            _known = _known.SetItem(host, after);
            if (after.Problem.Length > 0 && after.Problem != before.Problem)
                journal.Announce(host, $"name does not resolve: {after.Problem}; its addresses are {after.Text}");
            else if (after.Problem.Length == 0 && (after.Addresses != before.Addresses || before.Problem.Length > 0))
                journal.Announce(host, $"name is {after.Text}");
            if (after != before) table.Renew();
            return KnownName.NextAfter(answer, random.NextDouble());
        }
    }

    /// <summary>Of one that is being forgotten while a table is made nothing is known any more.</summary>
    private BackendConfig Put(BackendConfig backend) =>
        backend.Host.Length > 0 && _known.TryGetValue(backend.Host, out var name) ? name.Put(backend) : backend;
}
