namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// A pause of one piece of loop code that can be ended early. Used off the steady path, so it is simply allocated. Awaited once.
/// </summary>
internal class LoopDelay(EventLoop loop) : LoopTimer
{
    private readonly LoopPromise<int> _over = new();
    private bool _ended;

    /// <summary><see cref="IoResult.TimedOut"/> when the time passed, else what <see cref="End"/> was given.</summary>
    public LoopTask<int> WaitAsync(long deadline)
    {
        if (!_ended) loop.Timers.EnsureBy(this, deadline);
        return _over.Task;
    }

    /// <summary>Ends the pause; the first call counts.</summary>
    public void End(int result)
    {
        if (_ended) return;
        _ended = true;
        loop.Timers.Cancel(this);
        _over.Complete(result);
    }

    protected internal override void Fire(long nowMilliseconds) => End(IoResult.TimedOut);
}
