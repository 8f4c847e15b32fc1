using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Listeners;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// The counters of all loops, summed at one moment. Each figure only grows, but for those called active, idle or waiting, and the bytes of
/// buffers in use.
/// </summary>
public sealed record DataPlaneSnapshot(IReadOnlyList<ListenerSnapshot> Listeners, IReadOnlyList<BackendSnapshot> Backends, IReadOnlyList<PoolSnapshot> Pools, long BufferBytes)
{
    internal static DataPlaneSnapshot Of(Worker[] workers, LoopListener[][] listeners)
    {
        // A pool that was configured anew, and the one before it that has work still, are one to people; so it is with backends.
        var pools = workers.SelectMany(worker => worker.Pools).GroupBy(pool => pool.Pool.Name);
        var backends = workers.SelectMany(worker => worker.Backends).GroupBy(one => one.Backend.Id);
        return new DataPlaneSnapshot(
            [.. listeners.Select(loops => ListenerSnapshot.Of(loops))],
            [.. backends.Select(ofOne => BackendSnapshot.Of(ofOne.Last().Backend, [.. ofOne.Select(one => one.Counters).Distinct()]))],
            [.. pools.Select(loops => PoolSnapshot.Of(
                loops.Key,
                [.. loops.Select(pool => pool.Counters).Distinct()],
                loops.Select(pool => pool.Queue).Distinct().Sum(queue => queue.Waiting),
                StickySnapshot.Of([.. loops.Select(pool => pool.Sticky?.Counters).OfType<StickyCounters>().Distinct()])))],
            workers.Sum(worker => worker.Loop.HeadBuffers.BytesInUse + worker.Loop.BodyBuffers.BytesInUse));
    }
}

public sealed record ListenerSnapshot(
    string Name, long Accepted, long Active, long AcceptFailures, long ClientRejections, long Evictions,
    long BytesReceived, long BytesSent, IReadOnlyDictionary<int, long> OwnAnswers)
{
    internal static ListenerSnapshot Of(LoopListener[] loops)
    {
        var answers = new SortedDictionary<int, long>();
        foreach (var loop in loops) loop.Counters.OwnAnswers.AddTo(answers);
        return new ListenerSnapshot(
            loops[0].Config.Name,
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Accepted)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Active)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.AcceptFailures)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.ClientRejections)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Evictions)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.BytesReceived)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.BytesSent)),
            answers);
    }
}

public sealed record BackendSnapshot(
    Backend Backend,
    long Connects,
    long ConnectFailures,
    long Reuses,
    long BytesSent,
    long BytesReceived,
    long Retries,
    long IdleConnections,
    IReadOnlyDictionary<int, long> Statuses,
    IReadOnlyList<long> Outcomes,
    IReadOnlyList<long> LatencyCounts,
    long LatencySumMicroseconds)
{
    /// <summary>Upper bounds of <see cref="LatencyCounts"/> in microseconds; its last cell counts what is slower.</summary>
    public static IReadOnlyList<int> LatencyBoundsMicroseconds => LatencyHistogram.BoundsMicroseconds;

    public long CountOf(OutcomeKind kind) => Outcomes[(int)kind];

    internal static BackendSnapshot Of(Backend backend, BackendCounters[] loops)
    {
        var statuses = new SortedDictionary<int, long>();
        var outcomes = new long[Enum.GetValues<OutcomeKind>().Length];
        var latencies = new long[LatencyHistogram.BoundsMicroseconds.Length + 1];
        var sum = 0L;
        foreach (var loop in loops)
        {
            loop.Statuses.AddTo(statuses);
            loop.Latency.AddTo(latencies, ref sum);
            for (var i = 0; i < outcomes.Length; i++) outcomes[i] += Volatile.Read(ref loop.Outcomes[i]);
        }

        return new BackendSnapshot(
            backend,
            loops.Sum(loop => Volatile.Read(ref loop.Connects)),
            loops.Sum(loop => Volatile.Read(ref loop.ConnectFailures)),
            loops.Sum(loop => Volatile.Read(ref loop.Reuses)),
            loops.Sum(loop => Volatile.Read(ref loop.BytesSent)),
            loops.Sum(loop => Volatile.Read(ref loop.BytesReceived)),
            loops.Sum(loop => Volatile.Read(ref loop.Retries)),
            loops.Sum(loop => Volatile.Read(ref loop.IdleConnections)),
            statuses,
            outcomes,
            latencies,
            sum);
    }
}

public sealed record PoolSnapshot(
    string Name, long Waiting, long Queued, long QueueTimeouts, long QueueRejections, long NoBackend, long RetryBudgetExhausted, StickySnapshot? Sticky)
{
    internal static PoolSnapshot Of(string name, PoolCounters[] loops, int waiting, StickySnapshot? sticky) => new(
        name,
        waiting,
        loops.Sum(loop => Volatile.Read(ref loop.Queued)),
        loops.Sum(loop => Volatile.Read(ref loop.QueueTimeouts)),
        loops.Sum(loop => Volatile.Read(ref loop.QueueRejections)),
        loops.Sum(loop => Volatile.Read(ref loop.NoBackend)),
        loops.Sum(loop => Volatile.Read(ref loop.RetryBudgetExhausted)),
        sticky);
}
