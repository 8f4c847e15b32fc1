using System.Threading.Tasks.Sources;

namespace ClusterLb.DataPlane.Transport;

/// <summary>A pause of one piece of loop code that can be ended early. Used off the steady path, so it is simply allocated. Awaited once.</summary>
internal class LoopDelay(EventLoop loop) : LoopTimer, IValueTaskSource<int>
{
    private Action<object?>? _continuation;
    private object? _state;
    private int _result = IoResult.WouldBlock;

    public bool IsOver => _result != IoResult.WouldBlock;

    /// <summary><see cref="IoResult.TimedOut"/> when the time passed, else what <see cref="End"/> was given.</summary>
    public ValueTask<int> WaitAsync(long deadline)
    {
        loop.Timers.EnsureBy(this, deadline);
        return new ValueTask<int>(this, 0);
    }

    /// <summary>Ends the pause; the first call counts.</summary>
    public void End(int result)
    {
        if (IsOver) return;
        loop.Timers.Cancel(this);
        _result = result;
        _continuation?.Invoke(_state);
    }

    protected internal override void Fire(long nowMilliseconds) => End(IoResult.TimedOut);

    int IValueTaskSource<int>.GetResult(short token) => _result;

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => IsOver ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (IsOver)
        {
            continuation(state);
            return;
        }

        _state = state;
        _continuation = continuation;
    }
}
