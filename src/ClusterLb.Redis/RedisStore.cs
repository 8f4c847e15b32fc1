using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClusterLb.Redis;

/// <summary>
/// Bindings and documents in Redis 7.0 or later: one server, a Sentinel group or a Redis Cluster. To make one neither waits nor fails,
/// whether Redis is there or not; to dispose of it takes up to two seconds, in which the bindings that wait are written.
/// </summary>
public sealed class RedisStore : IBindingStore, IDocumentStore, IAsyncDisposable
{
    /// <summary>Bindings that may wait to be written.</summary>
    public const int DefaultQueueCapacity = 100_000;

    // The promise is 1 s; the rest of it is for a machine that is busy.
    private static readonly TimeSpan s_documentBudget = TimeSpan.FromMilliseconds(900);

    private readonly TimeProvider _time;
    private readonly RedisKeys _keys;
    private readonly RedisLink _link;
    private readonly BindingQueue _queue;
    private readonly WriteBehind _writer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;

    /// <param name="config">Where Redis is.</param>
    /// <param name="time">The clock of expiries, budgets and probes.</param>
    /// <param name="logger">Is told when Redis comes and goes.</param>
    /// <param name="queueCapacity">Bindings that may wait to be written.</param>
    public RedisStore(RedisConfig config, TimeProvider time, ILogger logger, int queueCapacity = DefaultQueueCapacity)
    {
        _time = time;
        _keys = new RedisKeys(config.Prefix);
        _link = new RedisLink(config, _keys, time, logger);
        _queue = new BindingQueue(queueCapacity);
        _writer = new WriteBehind(_queue, _link, _keys, time);
        _writing = Task.Run(() => _writer.RunAsync(_stopping.Token));
    }

    /// <inheritdoc/>
    public bool IsUp => _link.IsUp;

    /// <inheritdoc/>
    public int Waiting => _writer.Waiting;

    private uint Now => (uint)_time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Any thread.</summary>
    public RedisStoreSnapshot Read() =>
        _link.Read() with { Written = _writer.Written, Dropped = _queue.Dropped, QueueLength = _writer.Waiting };

    /// <inheritdoc/>
    public async Task<Binding?> ClaimAsync(Binding claim, TimeSpan budget)
    {
        var (key, now, began) = (_keys.Session(claim.Session), Now, _time.GetTimestamp());
        var answer = await _link.AskAsync(
            database => database.StringSetAndGetAsync(key, BindingText.Write(claim), BindingText.TimeToLive(claim, now), When.NotExists,
                CommandFlags.DemandMaster), budget)
            .ConfigureAwait(false);
        if (!answer.IsThere) return null;
        if (answer.Value.IsNull) return claim;
        if (BindingText.Read(claim.Session, answer.Value) is { } held && !held.IsExpired(now)) return held;

        // It has expired and Redis keeps it for up to 10 s yet: rare enough for a second call.
        var left = budget - _time.GetElapsedTime(began);
        if (left <= TimeSpan.Zero) return null;
        var taken = await _link.AskAsync(database => BindingScript.ClaimAsync(database, key, claim, now), left).ConfigureAwait(false);
        return taken.IsThere ? BindingText.Read(claim.Session, taken.Value.ToString()) : null;
    }

    /// <inheritdoc/>
    public async Task<Binding?> FindAsync(SessionKey session, TimeSpan budget)
    {
        var answer = await _link.AskAsync(database => database.StringGetAsync(_keys.Session(session), CommandFlags.DemandMaster), budget)
            .ConfigureAwait(false);
        if (!answer.IsThere) return null;
        return BindingText.Read(session, answer.Value) is { } held && !held.IsExpired(Now) ? held : default(Binding);
    }

    /// <inheritdoc/>
    public void Put(in Binding binding) => _queue.Put(binding);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string name)
    {
        var answer = await _link.AskAsync(database => database.StringGetAsync(_keys.Document(name), CommandFlags.DemandMaster),
            s_documentBudget).ConfigureAwait(false);
        return answer.IsThere ? (byte[]?)answer.Value ?? [] : null;
    }

    /// <inheritdoc/>
    public async Task<bool> WriteAsync(string name, byte[] content) =>
        (await _link.AskAsync(
            database => database.StringSetAsync(_keys.Document(name), content, flags: CommandFlags.DemandMaster), s_documentBudget)
                .ConfigureAwait(false)).IsThere;

    /// <inheritdoc/>
    public async Task<byte[]?> ClaimAsync(string name, byte[] content)
    {
        var answer = await _link.AskAsync(
            database => database.StringSetAndGetAsync(_keys.Document(name), content, null, When.NotExists, CommandFlags.DemandMaster),
                s_documentBudget)
            .ConfigureAwait(false);
        return answer.IsThere ? (byte[]?)answer.Value ?? content : null;
    }

    /// <inheritdoc/>
    public void OnReturn(Action reconcile) => _link.Returned.Add(reconcile);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _writing;
        await _link.DisposeAsync();
        _stopping.Dispose();
    }
}
