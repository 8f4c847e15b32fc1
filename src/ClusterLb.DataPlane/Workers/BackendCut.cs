using ClusterLb.Core.Backends;

namespace ClusterLb.DataPlane.Workers;

/// <summary>The end of a drain on one loop: closes what is in flight on a backend there, and the idle connections to it.</summary>
internal sealed class BackendCut(Worker worker, Backend backend)
{
    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Any thread.</summary>
    /// <returns>How many clients' work was cut; 0 when the loop has ended, and all its connections with it.</returns>
    public async Task<int> RunAsync()
    {
        worker.Loop.Post(static state => ((BackendCut)state!).Run(), this);
        return await Task.WhenAny(_done.Task, worker.Loop.Stopped) == _done.Task ? await _done.Task : 0;
    }

    private void Run()
    {
        var cut = 0;
        try
        {
            foreach (var listener in worker.Listeners.All) cut += listener.Cut(backend);
            foreach (var pool in worker.Pools.All) pool.Idle.Leave(backend);
        }
        finally
        {
            // Whatever happens: a drain that waits for this must end.
            _done.SetResult(cut);
        }
    }
}
