using System.Net;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Tests.Discovery;

/// <summary>A source that has what a test says.</summary>
internal sealed class ScriptedSource : IBackendSource
{
    private volatile SourceAnswer _now = new NoAnswer("nobody asked");
    private volatile TaskCompletionSource _changed = new();
    private int _asked;

    public SourceAnswer Now
    {
        get => _now;
        set => _now = value;
    }

    /// <summary>Awaited before it answers.</summary>
    public TaskCompletionSource? Silence { get; set; }

    public Exception? Bug { get; set; }

    /// <summary>Nobody has to do with it any more.</summary>
    public bool IsDisposed { get; private set; }

    public int Asked => Volatile.Read(ref _asked);

    public static FoundBackends Found(params string[] endPoints) =>
        new([.. endPoints.Select(endPoint => FoundBackend.At(IPEndPoint.Parse(endPoint)))], TimeSpan.FromSeconds(1));

    /// <summary>It says that it may have changed.</summary>
    public void Nudge() => Interlocked.Exchange(ref _changed, new TaskCompletionSource()).SetResult();

    public async Task<SourceAnswer> AskAsync(CancellationToken stopping)
    {
        Interlocked.Increment(ref _asked);
        if (Silence is { } silence) await silence.Task.WaitAsync(stopping);
        if (Bug is { } bug) throw bug;
        return Now;
    }

    public Task ChangedAsync(CancellationToken stopping) => _changed.Task.WaitAsync(stopping);

    public void Dispose() => IsDisposed = true;
}
