using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>The counters of one backend, of all loops.</summary>
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
    HistogramSnapshot Latency,
    HistogramSnapshot FirstBytes)
{
    public long CountOf(OutcomeKind kind) => Outcomes[(int)kind];

    internal static BackendSnapshot Of(Backend backend, BackendCounters[] loops)
    {
        var statuses = new SortedDictionary<int, long>();
        var outcomes = new long[Enum.GetValues<OutcomeKind>().Length];
        foreach (var loop in loops)
        {
            loop.Statuses.AddTo(statuses);
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
            HistogramSnapshot.Of(loops.Select(loop => loop.Latency)),
            HistogramSnapshot.Of(loops.Select(loop => loop.FirstBytes)));
    }
}
