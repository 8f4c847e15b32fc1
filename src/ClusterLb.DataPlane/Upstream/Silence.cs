using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// Who answers nobody on this node: what a session goes by whose request timed out (decision 0027). Off the path of what succeeds, for it
/// asks all loops. Used on its loop.
/// </summary>
internal sealed class Silence(EventLoop loop, Pool pool, PoolQueue answers)
{
    public static readonly IReadOnlySet<Backend> OfNobody = new HashSet<Backend>();

    private const long LookMilliseconds = 50;

    /// <summary>
    /// Who has answered nobody for the latter half of the time since; for the latter half, because a backend may have died while a request
    /// waited for it. Where no check can tell a frozen process, that is too little to go by on a busy machine: while others are heard it
    /// listens for the one that was asked, for as long as a check would have taken.
    /// </summary>
    /// <param name="began">Monotonic milliseconds at which the request was sent that timed out.</param>
    public async LoopTask<IReadOnlySet<Backend>> SinceAsync(long began, Backend asked)
    {
        var half = loop.Now - (loop.Now - began) / 2;
        var silent = Since(half);
        if (pool.Config.Health.TellsFrozen()) return silent;
        var until = loop.Now + (long)pool.Config.Health.Timeout.TotalMilliseconds;
        while (loop.Now < until && silent.Contains(asked) && silent.Count < pool.Members.Count)
        {
            await new LoopDelay(loop).WaitAsync(Math.Min(until, loop.Now + LookMilliseconds));
            silent = Since(half);
        }

        return silent;
    }

    private HashSet<Backend> Since(long milliseconds)
    {
        var silent = new HashSet<Backend>();
        foreach (var backend in pool.Members)
        {
            if (answers.LastAnswerOf(backend) < milliseconds) silent.Add(backend);
        }

        return silent;
    }
}
