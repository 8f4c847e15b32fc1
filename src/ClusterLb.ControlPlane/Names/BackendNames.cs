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
/// <param name="tables">Gets every change.</param>
/// <param name="journal">Is told what a name stands for when that changes, in one line.</param>
/// <param name="random">Spreads refreshes; used under a lock.</param>
public sealed class BackendNames(INameResolver resolver, TableOwner tables, EventJournal journal, Random random, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>What a start waits for names at most: a node with one dead name server serves its other pools.</summary>
    public static readonly TimeSpan StartBound = TimeSpan.FromSeconds(2);

    private const int MostAtOnce = 32;

    /// <summary>
    /// What is published of a configuration with its addresses; all of it where nobody says otherwise. Pure, called under a lock.
    /// </summary>
    public Func<ClusterLbConfig, ClusterLbConfig> Usable { get; init; } = static config => config;

    private readonly Lock _changing = new();
    private readonly Dictionary<string, FollowedName> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _asking = new(MostAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _following = [];
    private ClusterLbConfig? _desired;

    /// <summary>
    /// Publishes the first table, by <see cref="PrepareAsync"/> and <see cref="Apply"/>. What has no answer by then is down until it has.
    /// </summary>
    /// <param name="config">As an operator wrote it.</param>
    public async Task StartAsync(ClusterLbConfig config)
    {
        await PrepareAsync(config);
        Apply(config);
    }

    /// <summary>
    /// Asks every name once that was not known before, and waits for the answers up to <see cref="StartBound"/>. Nothing is changed by it
    /// before <see cref="Apply"/>; <see cref="Abandon"/> forgets them again.
    /// </summary>
    /// <param name="desired">As an operator wrote it.</param>
    public async Task PrepareAsync(ClusterLbConfig desired)
    {
        List<Task<TimeSpan>> firsts = [];
        lock (_changing)
        {
            _following.RemoveAll(task => task.IsCompleted);
            foreach (var host in HostsOf(desired).Where(host => !_names.ContainsKey(host)))
            {
                var forgotten = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                _names[host] = new FollowedName(KnownName.NotAsked, forgotten);
                var token = forgotten.Token;
                // Not under this lock, which an answer takes.
                var first = Task.Run(() => LearnAsync(host, token));
                firsts.Add(first);
                _following.Add(FollowAsync(host, first, token));
            }
        }

        if (firsts.Count > 0) await Task.WhenAny(Task.WhenAll(firsts), Task.Delay(StartBound, time));
    }

    /// <summary>Publishes the table of a configuration, with what is known of its names; those it has no more are forgotten.</summary>
    /// <param name="desired">Prepared.</param>
    public void Apply(ClusterLbConfig desired)
    {
        lock (_changing)
        {
            _desired = desired;
            Publish();
            ForgetBut(desired);
        }
    }

    /// <summary>What was prepared is not applied: names that the configuration in force has not are forgotten.</summary>
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
        foreach (var name in _names.Values) name.Forgotten.Dispose();
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
            gone!.Forgotten.Cancel();
            gone.Forgotten.Dispose();
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
            var (before, after) = (_names[host].Known, _names[host].Known.After(answer));
            _names[host] = _names[host] with { Known = after };
            if (after.Problem.Length > 0 && after.Problem != before.Problem)
                journal.Announce(host, $"name does not resolve: {after.Problem}; its addresses are {after.Text}");
            else if (after.Problem.Length == 0 && (after.Addresses != before.Addresses || before.Problem.Length > 0))
                journal.Announce(host, $"name is {after.Text}");
            if (after != before && _desired is not null) Publish();
            return KnownName.NextAfter(answer, random.NextDouble());
        }
    }

    /// <summary>A pool in which nothing changed is the same to the table's builder.</summary>
    private void Publish() => tables.Apply(Usable(_desired! with
    {
        Pools = _desired.Pools.Select(pool => pool.Backends.Any(backend => backend.Host.Length > 0)
            ? pool with { Backends = pool.Backends.Select(Put).ToEquatableList() }
            : pool).ToEquatableList(),
    }));

    private BackendConfig Put(BackendConfig backend) => backend.Host.Length == 0 ? backend : _names[backend.Host].Known.Put(backend);

    /// <param name="Forgotten">Ends the asking.</param>
    private sealed record FollowedName(KnownName Known, CancellationTokenSource Forgotten);
}
