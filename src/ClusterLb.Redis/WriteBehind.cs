using ClusterLb.Core.Sessions;

namespace ClusterLb.Redis;

/// <summary>
/// Writes the bindings that wait, in batches of which all calls are on the wire before the first is answered. What is not written is tried
/// again.
/// </summary>
internal sealed class WriteBehind
{
    // So few that a claim behind them still has its answer within 5 ms.
    private const int BatchSize = 256;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_writeBudget = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastEffort = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lastPatience = TimeSpan.FromSeconds(1);

    private readonly BindingQueue _queue;
    private readonly RedisLink _link;
    private readonly RedisKeys _keys;
    private readonly TimeProvider _time;
    private readonly List<Binding> _batch = new(BatchSize);
    private volatile int _inBatch;
    private long _written;

    public WriteBehind(BindingQueue queue, RedisLink link, RedisKeys keys, TimeProvider time) =>
        (_queue, _link, _keys, _time) = (queue, link, keys, time);

    public int Waiting => _queue.Count + _inBatch;

    public long Written => Interlocked.Read(ref _written);

    /// <summary>Runs until cancelled, then writes what still waits: for at most 5 s, or 1 s when Redis is away.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await _queue.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!await WriteBatchAsync()) await Task.Delay(s_pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var began = _time.GetTimestamp();
        while (Waiting > 0 && _time.GetElapsedTime(began) < (_link.IsUp ? s_lastEffort : s_lastPatience))
        {
            if (!await WriteBatchAsync()) await Task.Delay(s_pause, _time, CancellationToken.None);
        }
    }

    /// <summary>
    /// What is not written waits again, behind the others: one node of a Redis Cluster that is gone must not hold up what belongs to the
    /// rest.
    /// </summary>
    /// <returns>False when Redis is away or nothing was written.</returns>
    private async Task<bool> WriteBatchAsync()
    {
        if (!_link.IsUp) return false;
        // Before they are taken, lest somebody who looks in between is told that nothing waits.
        _inBatch = Math.Min(_queue.Count, BatchSize);
        _queue.Take(_batch, BatchSize);
        var now = (uint)_time.GetUtcNow().ToUnixTimeSeconds();
        var expired = _batch.RemoveAll(binding => binding.IsExpired(now));
        _inBatch = _batch.Count;
        var isWritten = await Task.WhenAll(_batch.Select(binding => WriteAsync(binding, now)));
        for (var i = 0; i < isWritten.Length; i++)
        {
            if (!isWritten[i]) _queue.Put(_batch[i]);
        }

        var written = isWritten.Count(one => one);
        Interlocked.Add(ref _written, written);
        _batch.Clear();
        _inBatch = 0;
        return expired + written > 0;
    }

    private async Task<bool> WriteAsync(Binding binding, uint nowSeconds) =>
        (await _link.AskAsync(database => BindingScript.PutAsync(database, _keys.Session(binding.Session), binding, nowSeconds),
            s_writeBudget)).IsThere;
}
