using System.Collections.Concurrent;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// What this node's own check says of a backend that let a request time out. One check of a backend at a time, however many sessions want
/// to know. Any thread.
/// </summary>
internal sealed class SecondOpinions(IBackendCheck check)
{
    private readonly ConcurrentDictionary<ulong, Lazy<Task<bool>>> _running = new();

    /// <summary>Whether it is well after all, as far as a check can tell.</summary>
    /// <param name="mute">Has let a request time out.</param>
    /// <param name="config">Of its pool's checks; within their timeout there is an answer.</param>
    public Task<bool> IsWellAsync(Backend mute, HealthConfig config) =>
        config.TellsFrozen() ? PassesAsync(mute, config) : Task.FromResult(false);

    /// <summary>Whether work may be sent there instead, as far as checks can tell; without any that is so.</summary>
    public Task<bool> AnswersAsync(Backend other, HealthConfig config) =>
        config.Probe is null ? Task.FromResult(true) : PassesAsync(other, config);

    private Task<bool> PassesAsync(Backend backend, HealthConfig config) =>
        _running.GetOrAdd(backend.Key, key => new Lazy<Task<bool>>(() => AskAsync(key, backend, config))).Value;

    private async Task<bool> AskAsync(ulong key, Backend backend, HealthConfig config)
    {
        try
        {
            return await check.ProbeAsync(backend, config, CancellationToken.None) is { Passed: true };
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }
}
