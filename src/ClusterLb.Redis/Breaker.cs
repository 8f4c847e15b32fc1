namespace ClusterLb.Redis;

public enum BreakerState
{
    Closed,

    /// <summary>No call is made but a probe a second.</summary>
    Open,

    /// <summary>A probe is on its way.</summary>
    HalfOpen,
}

/// <summary>
/// Whether calls are worth making. It begins open, because nobody has answered yet. Three failures of calls that began one after the other
/// open it, a lost connection does at once, and a probe that succeeds closes it. Any thread.
/// </summary>
internal sealed class Breaker(TimeProvider time)
{
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private const int MostFailures = 3;

    private readonly Lock _lock = new();
    private volatile BreakerState _state = BreakerState.Open;
    private volatile int _failures;
    private long _lastFailure;
    private long? _lastProbe;

    public BreakerState State => _state;

    public bool IsClosed => _state == BreakerState.Closed;

    /// <summary>True once per <see cref="ProbeInterval"/>, whatever the state: a closed one is worth a look as well.</summary>
    public bool TryProbe()
    {
        lock (_lock)
        {
            if (_state == BreakerState.HalfOpen || (_lastProbe is { } last && time.GetElapsedTime(last) < ProbeInterval)) return false;
            _lastProbe = time.GetTimestamp();
            if (_state == BreakerState.Open) _state = BreakerState.HalfOpen;
            return true;
        }
    }

    /// <returns>True when this closed it.</returns>
    public bool ProbeSucceeded()
    {
        lock (_lock)
        {
            _failures = 0;
            // A connection that was lost since has opened it again, and the answer is of the time before.
            if (_state != BreakerState.HalfOpen) return false;
            _state = BreakerState.Closed;
            return true;
        }
    }

    /// <param name="began">The probe's <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <returns>True when this opened a closed one.</returns>
    public bool ProbeFailed(long began)
    {
        lock (_lock)
        {
            if (_state == BreakerState.HalfOpen) _state = BreakerState.Open;
        }

        return Failed(began);
    }

    /// <summary>There was an answer, and it says that no call may be made.</summary>
    public void ProbeRefused()
    {
        lock (_lock) OpenUp();
    }

    public void Succeeded()
    {
        // Read first, so that calls that succeed share no lock.
        if (_failures == 0) return;
        lock (_lock) _failures = 0;
    }

    /// <summary>
    /// A failure or a timeout. Calls that ran at the same time and failed together, as in a pause of 10 ms, count as one.
    /// </summary>
    /// <param name="began">The call's <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <returns>True when this opened it.</returns>
    public bool Failed(long began)
    {
        lock (_lock)
        {
            if (_state != BreakerState.Closed || (_failures > 0 && began < _lastFailure)) return false;
            _lastFailure = time.GetTimestamp();
            if (++_failures < MostFailures) return false;
            return OpenUp();
        }
    }

    /// <returns>True when this opened a closed one.</returns>
    public bool ConnectionLost()
    {
        lock (_lock) return OpenUp();
    }

    private bool OpenUp()
    {
        var wasClosed = _state == BreakerState.Closed;
        _state = BreakerState.Open;
        _failures = 0;
        return wasClosed;
    }
}
