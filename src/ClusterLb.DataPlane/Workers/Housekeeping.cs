using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Workers;

/// <summary>
/// What time alone brings about, on a worker's loop: idle backend connections end,
/// who waits looks again, and on the first worker pools tick. Needs no control plane.
/// </summary>
internal sealed class Housekeeping(Worker worker) : LoopTimer
{
    private const int IntervalMilliseconds = 100;
    private const int TurnsPerIdleCheck = 10;

    private int _turn;

    public void Begin() => worker.Loop.Timers.EnsureBy(this, worker.Loop.Now + IntervalMilliseconds);

    protected internal override void Fire(long nowMilliseconds)
    {
        // First, so that a bug below costs one turn and not all that follow.
        Begin();
        if (worker.Loop.Index == 0)
        {
            foreach (var pool in worker.Tables.Current.Pools) pool.Tick(nowMilliseconds);
        }

        foreach (var pool in worker.Pools.All) pool.WakeWaiting();
        foreach (var listener in worker.Listeners.All) listener.MakeRoom();
        worker.Listeners.LetGo();
        if (++_turn % TurnsPerIdleCheck == 0) CloseIdle();
    }

    private void CloseIdle()
    {
        var table = worker.Tables.Current;
        foreach (var pool in worker.Pools.All)
        {
            // Requests pick from the pools of the current table: what one that was replaced keeps idles for nobody.
            if (table.Find(pool.Pool.Name) == pool.Pool)
            {
                pool.Idle.CloseExpired(worker.Loop.Now - pool.Times.Idle);
                continue;
            }

            pool.Idle.Leave();
            if (!pool.IsInUse) worker.Pools.Retire(pool);
        }
    }
}
