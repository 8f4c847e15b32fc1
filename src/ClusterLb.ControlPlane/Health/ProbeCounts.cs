using System.Collections.Concurrent;

namespace ClusterLb.ControlPlane.Health;

/// <summary>How many probes passed and failed, by backend id, since the node started. Written by the monitor, read by metrics.</summary>
public sealed class ProbeCounts
{
    private readonly ConcurrentDictionary<string, (long Passed, long Failed)> _counts = new();

    public IReadOnlyDictionary<string, (long Passed, long Failed)> ByBackend => _counts;

    internal void Forget(string backend) => _counts.TryRemove(backend, out _);

    internal void Add(string backend, bool passed) => _counts.AddOrUpdate(
        backend,
        passed ? (1, 0) : (0, 1),
        (_, counts) => passed ? (counts.Passed + 1, counts.Failed) : (counts.Passed, counts.Failed + 1));
}
