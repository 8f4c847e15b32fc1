using System.Collections.Concurrent;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Health;

/// <summary>Answers every check the same, at once or when a test says so.</summary>
internal sealed class FakeCheck : IBackendCheck
{
    public ConcurrentQueue<string> Asked { get; } = new();

    public CheckResult? Result { get; set; } = new(true, "connected");

    /// <summary>By backend, where it is not <see cref="Result"/>.</summary>
    public Dictionary<string, CheckResult> Results { get; set; } = [];

    public TaskCompletionSource<CheckResult?>? Pending { get; set; }

    public Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping)
    {
        Asked.Enqueue(backend.Id);
        return Pending?.Task ?? Task.FromResult(Results.TryGetValue(backend.Id, out var own) ? own : Result);
    }
}
