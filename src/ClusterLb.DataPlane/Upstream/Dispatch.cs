using System.Diagnostics;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// The way of one request, or one TCP connection, through the backends of its pool: who was tried, the lease, the wait for one, the retry
/// rule and its budget, where its session goes when a backend fails it, and what the pool learns of each try. Used on its loop, again and
/// again: between <see cref="Begin"/> and <see cref="End"/> whoever serves a client tries what <see cref="NextAsync"/> gives until
/// <see cref="Conclude"/> says that it is over, or nobody is left.
/// </summary>
/// <remarks>
/// Its pool may be replaced meanwhile. A try that has begun ends where it is; for the next, and out of the queue, it goes to the pool of
/// now (decision 0050).
/// </remarks>
/// <param name="pools">Of its loop.</param>
/// <param name="session">Of the request at hand; found before the first <see cref="NextAsync"/>.</param>
/// <param name="record">Is told each try.</param>
internal sealed class Dispatch(LoopPools pools, RequestSession session, RequestRecord record)
{
    private readonly Waiter _waiter = new();
    private LoopPool _pool = null!;
    private HashKey _key;
    private Tried _tried;
    private Lease _lease;
    private bool _hasLease;
    private bool _hasTried;
    private bool _isCounted;
    private bool _isTrial;
    private bool _isRefused;
    private long _began;
    private int _retries;

    // Of the budget of the pool at hand; those before it have theirs back.
    private int _retriesHere;
    private Attempt _last;
    private AcquireFailure _failure;

    /// <summary>The one that the try under way is at; between <see cref="Begin"/> and <see cref="End"/>.</summary>
    public LoopPool Pool => _pool;

    /// <summary>An idle connection will do; false when one was stale and the next must be new.</summary>
    public bool MayReuse { get; private set; }

    /// <summary>The client left the queue.</summary>
    public bool HasClientLeft => _failure == AcquireFailure.ClientLeft;

    /// <summary>
    /// What to blame when nobody served it: the last try, if a retry was due to it or refused; null = there was nobody to try.
    /// </summary>
    public Outcome? Failure => _isRefused || _retries > 0 ? _last.Outcome : null;

    /// <summary>Why nobody served it, for the log.</summary>
    public string Reason => _failure switch
    {
        AcquireFailure.None => OutcomeText.Of(_last.Outcome),
        AcquireFailure.ClientLeft => "client left while it waited",
        AcquireFailure.QueueFull => "queue full",
        AcquireFailure.QueueTimeout => "waited too long in the queue",
        _ => "no backend available",
    };

    /// <summary>The pool is in use from now on, and outlives its table for as long.</summary>
    /// <param name="key">For policies that hash.</param>
    /// <param name="client">Leaves the queue when it leaves.</param>
    public void Begin(LoopPool pool, in HashKey key, IClient client)
    {
        (_pool, _key) = (pool, key);
        _waiter.Begin(client);
        (_tried, _hasTried, _isRefused, _retries, _failure, MayReuse) = (default, false, false, 0, AcquireFailure.None, true);
        (_isCounted, _retriesHere) = (false, 0);
        pool.Enter();
    }

    /// <summary>
    /// The next backend to try, leased; it may have to be waited for, and after a failed try for a retry's turn. Null = none, see
    /// <see cref="Reason"/>.
    /// </summary>
    public LoopTask<Backend?> NextAsync()
    {
        if (_hasTried) return RetryAsync();
        _isCounted = true;
        _pool.Budget.RequestStarted();
        return AcquireAsync();
    }

    /// <summary>The try is over: its lease is returned, and the pool learns. True = another may be tried.</summary>
    public bool Conclude(in Attempt attempt)
    {
        _last = attempt;
        var backend = _lease.Backend;
        // An idle connection that its backend closed is no failure of the backend.
        _pool.Observe(backend, attempt.WasStale ? UpstreamFailure.Cancelled(Stage.SendRequest) : attempt.Outcome, attempt.Witness);
        ReturnLease();
        return !attempt.IsOver;
    }

    /// <summary>Nothing more comes from the client: it waits in no queue any more.</summary>
    public void ClientLeft() => _waiter.Leave();

    /// <summary>Whatever became of it. Returns the lease of a try that was not concluded.</summary>
    public void End()
    {
        if (_hasLease) ReturnLease();
        if (_isCounted) _pool.Budget.RequestEnded(_retriesHere);
        _pool.Leave();
        _pool = null!;
    }

    private LoopTask<Backend?> AcquireAsync()
    {
        FollowPool();
        var acquiring = _pool.AcquireAsync(_tried, _key, session.Bound, _waiter);
        return acquiring.IsCompleted ? new LoopTask<Backend?>(Take(acquiring.GetAwaiter().GetResult())) : TakeOnceFreeAsync(acquiring);
    }

    private async LoopTask<Backend?> TakeOnceFreeAsync(LoopTask<Acquisition> acquiring)
    {
        var (since, began) = (Stopwatch.GetTimestamp(), _pool.Loop.Now);
        var acquired = await acquiring;
        while (acquired.Failure == AcquireFailure.Replaced)
        {
            FollowPool();
            acquired = await _pool.AcquireAsync(_tried, _key, session.Bound, _waiter, began);
        }

        record.Queued(since);
        return Take(acquired);
    }

    /// <summary>
    /// To the pool that has taken this one's place. A session that is bound stays with the backend that it has; a pool that was removed has
    /// no successor, and serves those who began with it.
    /// </summary>
    private void FollowPool()
    {
        if (session.Bound is not null || pools.SuccessorOf(_pool) is not { } now) return;
        var before = _pool;
        now.Enter();
        if (_isCounted)
        {
            before.Budget.RequestEnded(_retriesHere);
            now.Budget.RequestStarted();
        }

        before.Leave();
        (_pool, _retriesHere) = (now, 0);
        _tried = _tried.Among(before.Pool.Members, now.Pool.Members);
        // What was hashed means nothing to a policy that hashes by something else.
        if (before.KeyKind != now.KeyKind || !before.KeyName.AsSpan().SequenceEqual(now.KeyName)) _key = default;
        session.Follow(now.Sticky);
    }

    private Backend? Take(in Acquisition acquired)
    {
        _failure = acquired.Failure;
        if (_failure != AcquireFailure.None) return null;
        var backend = acquired.Lease.Backend;
        (_lease, _hasLease, _hasTried) = (acquired.Lease, true, true);
        (_isTrial, _began) = (session.IsTrialOf(backend), _pool.Loop.Now);
        record.Tries(backend.Name);
        return backend;
    }

    /// <summary>After a try that failed.</summary>
    private async LoopTask<Backend?> RetryAsync()
    {
        var (backend, attempt) = (_lease.Backend, _last);
        if (attempt.WasStale && attempt.MayRepeat && MayReuse)
        {
            // It says nothing about the backend: nobody is left out, but the connection is made anew.
            MayReuse = false;
            return await AcquireAsync();
        }

        _tried.Add(backend);
        var mayBeMute = session.Bound is not null && attempt.Outcome.Kind == OutcomeKind.TimedOut;
        await session.LeaveOrDivertAsync(_tried, mayBeMute ? await _pool.Silence.SinceAsync(_began, backend) : Silence.OfNobody);
        if (_isTrial && attempt.Outcome.Retry == Retryability.Always) return await AcquireAsync();
        if (!RetryRule.Allows(_pool.Pool.Config.Retry, attempt.Outcome, _retries + 1, attempt.MayRepeat) || !await TakeRetryAsync())
        {
            _isRefused = true;
            return null;
        }

        (_retries, _retriesHere) = (_retries + 1, _retriesHere + 1);
        await RestAsync(backend, attempt.Outcome);
        _pool.CountersFor(backend).Retries++;
        return await AcquireAsync();
    }

    /// <summary>
    /// Takes one unit of the retry budget, waiting for it within the queue's timeout: a burst of requests that fail together when a backend
    /// dies is spread out, not refused.
    /// </summary>
    private async LoopTask<bool> TakeRetryAsync()
    {
        // No budget at all: waiting would bring none.
        if (_pool.Pool.Config.Retry.BudgetPercent == 0) return false;
        var loop = _pool.Loop;
        var deadline = loop.Now + _pool.Times.Queue;
        while (!_pool.Budget.TryStartRetry())
        {
            if (loop.Now >= deadline)
            {
                _pool.Counters.RetryBudgetExhausted++;
                return false;
            }

            await new LoopDelay(loop).WaitAsync(loop.Now + TimerWheel.TickMilliseconds);
        }

        return true;
    }

    /// <summary>
    /// Lets a moment pass when the connection just tried could not be made and no other backend is left: then all may be tried again. At
    /// once when there is another. Always true.
    /// </summary>
    private async LoopTask<bool> RestAsync(Backend last, Outcome outcome)
    {
        if (!ReconnectRule.Allows(outcome, last.Effective) || _pool.Pool.Eligible.HasOtherThan(_tried)) return true;
        var loop = _pool.Loop;
        await new LoopDelay(loop).WaitAsync(loop.Now + ReconnectRule.PauseMilliseconds(round: 1 + _retries - _tried.Count));
        _tried = default;
        return true;
    }

    private void ReturnLease()
    {
        _hasLease = false;
        _pool.Return(_lease);
    }
}
