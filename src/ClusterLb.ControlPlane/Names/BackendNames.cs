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
    private readonly Dictionary<string, KnownName> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _asking = new(MostAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private Task _following = Task.CompletedTask;
    private ClusterLbConfig? _desired;

    /// <summary>
    /// Asks every name once, waits for the answers up to <see cref="StartBound"/>, and publishes the first table. What has no answer by
    /// then is down until it has.
    /// </summary>
    /// <param name="config">As an operator wrote it.</param>
    public async Task StartAsync(ClusterLbConfig config)
    {
        var hosts = config.Pools.SelectMany(pool => pool.Backends).Select(backend => backend.Host).Where(host => host.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var host in hosts) _names[host] = KnownName.NotAsked;
        var firsts = hosts.Select(host => (Host: host, Learned: LearnAsync(host))).ToList();
        _following = Task.WhenAll(firsts.Select(first => FollowAsync(first.Host, first.Learned)));
        if (hosts.Count > 0) await Task.WhenAny(Task.WhenAll(firsts.Select(first => first.Learned)), Task.Delay(StartBound, time));
        lock (_changing)
        {
            _desired = config;
            Publish();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
        _asking.Dispose();
    }

    /// <param name="first">The question that the start waits for, under way.</param>
    private async Task FollowAsync(string host, Task<TimeSpan> first)
    {
        try
        {
            for (var learning = first; ; learning = LearnAsync(host)) await Task.Delay(await learning, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The node leaves.
        }
    }

    /// <summary>A bug in a look-up, or in whoever hears of its answer, costs this question and not the name.</summary>
    private async Task<TimeSpan> LearnAsync(string host)
    {
        try
        {
            return Learn(host, await AskAsync(host));
        }
        catch (Exception bug) when (bug is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            journal.Announce(host, $"name could not be looked up: {bug.Message}");
            return KnownName.NextAfter(NameAnswer.Failed(bug.Message), draw: 0.5);
        }
    }

    private async Task<NameAnswer> AskAsync(string host)
    {
        await _asking.WaitAsync(_stop.Token);
        try
        {
            return await resolver.ResolveAsync(host, _stop.Token);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <returns>After which time to ask again.</returns>
    private TimeSpan Learn(string host, NameAnswer answer)
    {
        lock (_changing)
        {
            var (before, after) = (_names[host], _names[host].After(answer));
            _names[host] = after;
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

    private BackendConfig Put(BackendConfig backend) => backend.Host.Length == 0 ? backend : _names[backend.Host].Put(backend);
}
