using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>One source of a pool that this node knows how to ask. Its members are changed by one thread at a time.</summary>
/// <param name="config">Of the configuration that is to be in force.</param>
/// <param name="source">Its own from here on.</param>
/// <param name="stopping">Of the node.</param>
internal sealed class FollowedSource(SourceConfig config, IBackendSource source, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _forgotten = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private volatile TaskCompletionSource _turn = Open();
    private volatile TaskCompletionSource _nudge = New();

    /// <summary>In force, or to be.</summary>
    public SourceConfig Config { get; set; } = config;

    public CancellationToken Forgotten => _forgotten.Token;

    public Task<SourceAnswer> AskAsync() => source.AskAsync(Forgotten);

    /// <summary>Another node asks in place of this one, or not any more.</summary>
    public void LeaveTo(bool another)
    {
        if (another != _turn.Task.IsCompleted) return;
        if (another) _turn = New();
        else _turn.TrySetResult();
        Interlocked.Exchange(ref _nudge, New()).TrySetResult();
    }

    /// <summary>Until it is time to ask again: some time has passed, the source says so, or another node has stopped to ask.</summary>
    public async Task PauseAsync(TimeSpan delay, TimeProvider time)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(Forgotten);
        await Task.WhenAny(Task.Delay(delay, time, pause.Token), source.ChangedAsync(pause.Token), _nudge.Task);
        await pause.CancelAsync();
        await _turn.Task.WaitAsync(Forgotten);
    }

    /// <summary>Ends the asking, on another thread: whoever calls may hold a lock.</summary>
    public void Forget() => _ = _forgotten.CancelAsync();

    /// <summary>When the asking has ended.</summary>
    public void Dispose()
    {
        source.Dispose();
        _forgotten.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Open()
    {
        var open = New();
        open.SetResult();
        return open;
    }
}
