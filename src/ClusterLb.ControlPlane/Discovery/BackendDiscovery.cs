using System.Collections.Immutable;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using ClusterLb.Core.Health;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>
/// Keeps pools at what their sources have: asks each at the start, and again when its answer is old or it says that it has changed; or goes
/// by what another node has found, and does not ask. No actor, so that it works whatever ActorSystem runs. Nothing on the path of a
/// request waits for it. Any thread.
/// </summary>
/// <param name="open">Makes a source of what an operator wrote.</param>
/// <param name="table">Has a part of what is published here; is told of every change.</param>
/// <param name="tables">Say who of a pool is down.</param>
/// <param name="journal">Is told what changed, by pool.</param>
/// <param name="random">Spreads refreshes; used under a lock.</param>
public sealed class BackendDiscovery(
    Func<SourceConfig, IBackendSource> open, DesiredTable table, RoutingTableHolder tables, EventJournal journal, Random random,
    Clock clock)
    : ITablePart, IAsyncDisposable
{
    private readonly Lock _changing = new();
    private readonly Dictionary<SourceKey, FollowedSource> _sources = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _following = [];
    private volatile ImmutableDictionary<SourceKey, FoundSet> _known = ImmutableDictionary<SourceKey, FoundSet>.Empty;
    private volatile FoundWord? _told;
    private volatile FoundWord _latest = FoundWord.None;
    private volatile Action? _hearChange;
    private ClusterLbConfig? _desired;

    /// <summary>What is known of every source.</summary>
    public IReadOnlyDictionary<SourceKey, FoundSet> Known => _known;

    /// <summary>What is known of a source; null = no configuration has it.</summary>
    public FoundSet? Find(SourceKey key) => _known.GetValueOrDefault(key);

    /// <summary>The newest word that was heard, whoever said it.</summary>
    internal FoundWord Latest => _latest;

    /// <summary>Whether this node goes by what another one has found of it.</summary>
    public bool IsTold(SourceKey key) => _told?.Sets.ContainsKey(key) ?? false;

    /// <summary>What has been found, for other nodes; sources without a good answer are left out.</summary>
    public ImmutableDictionary<SourceKey, EquatableList<FoundBackend>> Sets =>
        _known.Where(one => one.Value.IsKnown).ToImmutableDictionary(one => one.Key, one => one.Value.Backends);

    /// <summary>Called of every change of <see cref="Sets"/>, under a lock, so it must only send a message; null = of none.</summary>
    public void Listen(Action? hearChange) => _hearChange = hearChange;

    public async Task PrepareAsync(ClusterLbConfig desired)
    {
        List<Task> firsts = [];
        lock (_changing)
        {
            _following.RemoveAll(task => task.IsCompleted);
            foreach (var (key, config) in SourcesOf(desired).Where(one => !_sources.ContainsKey(one.Key)))
            {
                var followed = _sources[key] = new FollowedSource(config, open(config), _stop.Token);
                _known = _known.SetItem(key, FoundSet.NotAsked);
                if (_told is not null) Heed(_told, key, followed);
                // Not under this lock, which an answer takes.
                var first = IsTold(key) ? Task.FromResult(RefreshRule.Most) : Task.Run(() => LearnAsync(key, followed));
                firsts.Add(first);
                _following.Add(FollowAsync(key, followed, first));
            }
        }

        if (firsts.Count > 0) await Task.WhenAny(Task.WhenAll(firsts), Task.Delay(DesiredTable.StartBound, clock.Provider));
    }

    public ClusterLbConfig Put(ClusterLbConfig config)
    {
        var known = _known;
        return config with
        {
            Pools = config.Pools.Select(pool => PoolExpansion.Of(
                pool, source => known.GetValueOrDefault(new SourceKey(pool.Name, source.Discover), FoundSet.NotAsked).Backends))
                .ToEquatableList(),
        };
    }

    public void Follow(ClusterLbConfig desired)
    {
        lock (_changing)
        {
            _desired = desired;
            foreach (var (key, config) in SourcesOf(desired)) _sources[key].Config = config;
            ForgetBut(desired);
        }
    }

    public void Abandon()
    {
        lock (_changing)
        {
            if (_desired is not null) ForgetBut(_desired);
        }
    }

    /// <summary>
    /// Goes by what another node has found, and asks for itself only what that one does not know. A word of this very node says that it is
    /// the one that asks.
    /// </summary>
    internal void Hear(FoundWord word, bool isOwn)
    {
        lock (_changing)
        {
            _latest = word;
            if (isOwn) AskForItself();
            if (isOwn || ReferenceEquals(_told, word)) return;
            var before = _known;
            _told = word;
            foreach (var (key, followed) in _sources) Heed(word, key, followed);
            if (before != _known) table.Renew();
        }
    }

    /// <summary>No other node asks: this one goes on from what is known. Nothing happens when it does already.</summary>
    public void AskForItself()
    {
        lock (_changing)
        {
            _told = null;
            foreach (var followed in _sources.Values) followed.LeaveTo(another: false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] following;
        lock (_changing) following = [.. _following];
        await Task.WhenAll(following);
        _stop.Dispose();
    }

    private static IEnumerable<(SourceKey Key, SourceConfig Config)> SourcesOf(ClusterLbConfig config) => config.Pools
        .SelectMany(pool => pool.Sources.Select(source => (new SourceKey(pool.Name, source.Discover), source)));

    /// <summary>Under the lock.</summary>
    private void Heed(FoundWord word, SourceKey key, FollowedSource followed)
    {
        var isTold = word.Sets.TryGetValue(key, out var backends);
        if (isTold && (_known[key] is not { IsKnown: true, Problem: "", Held: null } known || known.Backends != backends))
            _known = _known.SetItem(key, FoundSet.Told(backends));
        followed.LeaveTo(another: isTold);
    }

    /// <summary>Under the lock.</summary>
    private void ForgetBut(ClusterLbConfig config)
    {
        var wanted = SourcesOf(config).Select(one => one.Key).ToHashSet();
        foreach (var key in _sources.Keys.Where(key => !wanted.Contains(key)).ToList())
        {
            _sources.Remove(key, out var gone);
            _known = _known.Remove(key);
            gone!.Forget();
            _hearChange?.Invoke();
        }
    }

    /// <param name="first">The question that the start waits for, under way.</param>
    private async Task FollowAsync(SourceKey key, FollowedSource followed, Task<TimeSpan> first)
    {
        try
        {
            for (var learning = first; ; learning = LearnAsync(key, followed))
                await followed.PauseAsync(await learning, clock.Provider);
        }
        catch (OperationCanceledException)
        {
            // The node leaves, or nobody has to do with the source any more.
        }
        finally
        {
            followed.Dispose();
        }
    }

    /// <summary>A bug in a source, or in whoever hears of its answer, costs this question and not the source.</summary>
    /// <returns>After which time to ask again.</returns>
    private async Task<TimeSpan> LearnAsync(SourceKey key, FollowedSource followed)
    {
        try
        {
            return Learn(key, followed, await followed.AskAsync());
        }
        catch (Exception bug) when (bug is not OperationCanceledException || !followed.Forgotten.IsCancellationRequested)
        {
            journal.Announce(key.Pool, $"{key.Source} could not be asked: {bug.Message}");
            return RefreshRule.Next(hasNamed: false, null, draw: 0.5);
        }
    }

    private TimeSpan Learn(SourceKey key, FollowedSource followed, SourceAnswer answer)
    {
        lock (_changing)
        {
            followed.Forgotten.ThrowIfCancellationRequested();
            var (before, now, config) = (_known[key], clock.NowMilliseconds, followed.Config);
            // What another node says since it was asked counts.
            if (IsTold(key)) return RefreshRule.Most;
            var after = before.After(answer, Around(key), config.Max, now);
            _known = _known.SetItem(key, after);
            foreach (var line in FoundText.Of(before, after, key, config.Max)) journal.Announce(key.Pool, line);
            if (after.Backends != before.Backends) table.Renew();
            if (after.Backends != before.Backends || after.IsKnown != before.IsKnown) _hearChange?.Invoke();
            return RefreshRule.Next(answer, after, config.Refresh, random.NextDouble(), now);
        }
    }

    private PoolAround Around(SourceKey key)
    {
        var pool = tables.Current.Find(key.Pool);
        return new PoolAround(
            pool?.Members.Count(backend => backend.Source != key.Source) ?? 0,
            name => pool?.Find(name) is { } backend && pool.Read(backend).Active == ActiveHealth.Down);
    }
}
