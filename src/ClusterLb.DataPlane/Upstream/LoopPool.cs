using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What one event loop owns of one pool: its picker, idle connections, waiting requests, retry budget and counters.</summary>
internal sealed class LoopPool
{
    private const int ShedPerBackend = 16;

    private readonly EventLoop _loop;
    private readonly Action _shedIdle;
    private readonly IPicker _picker;
    private readonly PoolQueue _queue;
    private readonly IdleConnections[] _idle;
    private readonly BackendCounters[] _backends;
    private readonly LinkedList<WaitTicket> _waiting = new();
    private int _wakePosted;

    /// <param name="loop">The owner.</param>
    /// <param name="pool">Of the routing table.</param>
    /// <param name="queue">Shared with the same pool on other loops.</param>
    /// <param name="random">The loop's.</param>
    /// <param name="shedIdle">Gives descriptors of idle connections back, of whatever pool.</param>
    public LoopPool(EventLoop loop, Pool pool, PoolQueue queue, LoopRandom random, Action shedIdle)
    {
        _shedIdle = shedIdle;
        _loop = loop;
        Pool = pool;
        _queue = queue;
        _picker = pool.Pickers.CreatePicker(random);
        _backends = [.. pool.Members.Select(_ => new BackendCounters())];
        _idle = [.. _backends.Select(counters => new IdleConnections(counters))];
        Times = new PoolTimes(pool.Config);
        Budget = new RetryBudget(pool.Config.Retry.BudgetPercent);
        KeyKind = pool.Config.Balance switch
        {
            "ip-hash" => HashKeyKind.SourceIp,
            "consistent-hash" => pool.Config.Hash.Key,
            _ => null,
        };
        KeyName = System.Text.Encoding.ASCII.GetBytes(pool.Config.Hash.KeyName);
        NeedsResponseTimes = pool.Config.Balance == "least-time";
        queue.Join(this);
    }

    public Pool Pool { get; }

    /// <summary>What the policy hashes by; null when it does not hash.</summary>
    public HashKeyKind? KeyKind { get; }

    /// <summary>The header or cookie hashed by, else empty.</summary>
    public byte[] KeyName { get; }

    /// <summary>The policy picks by response times, so they are worth measuring.</summary>
    public bool NeedsResponseTimes { get; }

    public PoolTimes Times { get; }

    public RetryBudget Budget { get; }

    public PoolCounters Counters { get; } = new();

    /// <summary>On all loops together.</summary>
    public int WaitingOnNode => _queue.Waiting;

    public bool HasWaiting => _waiting.Count > 0;

    public BackendCounters CountersOf(Backend backend) => _backends[backend.Index];

    /// <summary>
    /// A lease on a backend that was not tried yet, at once when one has room, else after waiting in the queue. Null and the reason when not.
    /// </summary>
    public LoopTask<Acquisition> AcquireAsync(in Tried tried, in HashKey key, Connection client)
    {
        // Nobody overtakes those who wait already.
        if (_waiting.Count == 0 && TryAcquire(tried, key, out var lease)) return new LoopTask<Acquisition>(new Acquisition(lease, AcquireFailure.None));
        if (!MayComeFree(tried))
        {
            // The last unit may have come back between the two looks.
            if (TryAcquire(tried, key, out lease)) return new LoopTask<Acquisition>(new Acquisition(lease, AcquireFailure.None));
            Counters.NoBackend++;
            return new LoopTask<Acquisition>(new Acquisition(default, AcquireFailure.NoBackend));
        }

        if (!_queue.TryEnter())
        {
            Counters.QueueRejections++;
            return new LoopTask<Acquisition>(new Acquisition(default, AcquireFailure.QueueFull));
        }

        return QueueAsync(tried, key, client);
    }

    public void Return(in Lease lease)
    {
        lease.Return();
        if (_queue.Waiting > 0) _queue.WakeNext();
    }

    /// <summary>True for a status that the operator counts as a failure of the backend.</summary>
    public bool IsFailureStatus(int status)
    {
        if (status < 500 || Pool.Config.Passive.Status.Count == 0) return false;
        foreach (var failure in Pool.Config.Passive.Status)
        {
            if (failure == status) return true;
        }

        return false;
    }

    /// <summary>An idle connection, or null.</summary>
    public Connection? TakeIdle(Backend backend)
    {
        if (!_idle[backend.Index].TryTake(out var connection)) return null;
        _backends[backend.Index].Reuses++;
        return connection;
    }

    public void PutIdle(Backend backend, Connection connection) => _idle[backend.Index].Put(connection);

    public LoopTask<ConnectResult> ConnectAsync(Backend backend)
    {
        _backends[backend.Index].Connects++;
        var connecting = _loop.ConnectAsync(backend.EndPoint, _loop.Now + Times.Connect);
        if (!connecting.IsCompleted) return connecting;
        var connected = connecting.GetAwaiter().GetResult();
        return connected.Status == IoResult.Exhausted ? ConnectOnceFreeAsync(backend) : new LoopTask<ConnectResult>(connected);
    }

    /// <summary>Without descriptors or ports: idle connections are worth less than a request that gets none, and every request that ends gives one back.</summary>
    private async LoopTask<ConnectResult> ConnectOnceFreeAsync(Backend backend)
    {
        var deadline = _loop.Now + Times.Connect;
        while (true)
        {
            _shedIdle();
            var connected = await _loop.ConnectAsync(backend.EndPoint, deadline);
            if (connected.Status != IoResult.Exhausted || _loop.Now >= deadline) return connected;
            await new LoopDelay(_loop).WaitAsync(_loop.Now + TimerWheel.TickMilliseconds);
        }
    }

    /// <summary>
    /// Takes one unit of the retry budget, waiting for it within the queue's timeout: a burst of requests that
    /// fail together when a backend dies is spread out, not refused.
    /// </summary>
    public async LoopTask<bool> TakeRetryAsync()
    {
        // No budget at all: waiting would bring none.
        if (Pool.Config.Retry.BudgetPercent == 0) return false;
        var deadline = _loop.Now + Times.Queue;
        while (!Budget.TryStartRetry())
        {
            if (_loop.Now >= deadline)
            {
                Counters.RetryBudgetExhausted++;
                return false;
            }

            await new LoopDelay(_loop).WaitAsync(_loop.Now + TimerWheel.TickMilliseconds);
        }

        return true;
    }

    /// <summary>Gives descriptors back: closes the oldest idle connections of every backend.</summary>
    public void ShedIdle()
    {
        foreach (var idle in _idle) idle.CloseOldest(ShedPerBackend);
    }

    /// <summary>Called every 100 ms on the loop: who waits may have a backend that became eligible, or one that came free for another.</summary>
    public void WakeWaiting()
    {
        if (_waiting.Count > 0) Wake();
    }

    /// <summary>Called once a second on the loop: closes what idled for too long, and all to backends that get no more work.</summary>
    public void CloseExpiredIdle()
    {
        var since = _loop.Now - Times.Idle;
        foreach (var backend in Pool.Members)
        {
            if (IsOutOfWork(backend)) _idle[backend.Index].LeaveAll();
            else _idle[backend.Index].CloseOlderThan(since);
        }
    }

    /// <summary>Closes the idle connections to one backend, whatever of its configuration changed since they were made.</summary>
    public void LeaveIdle(Backend backend)
    {
        foreach (var member in Pool.Members)
        {
            if (member.IsSameServerAs(backend)) _idle[member.Index].LeaveAll();
        }
    }

    /// <summary>Closes all idle connections.</summary>
    public void LeaveIdle()
    {
        foreach (var idle in _idle) idle.LeaveAll();
    }

    /// <summary>Wakes waiting requests on the loop's next turn. Any thread.</summary>
    public void PostWake()
    {
        if (Interlocked.Exchange(ref _wakePosted, 1) == 0) _loop.Post(static state => ((LoopPool)state!).Wake(), this);
    }

    /// <summary>Not those that real traffic or the path keep away for a moment, nor any that failing open still uses.</summary>
    private bool IsOutOfWork(Backend backend) =>
        backend.Effective is EffectiveState.Draining or EffectiveState.Drained or EffectiveState.Maintenance or EffectiveState.Down && !Pool.Eligible.Contains(backend);

    /// <summary>In order, until one that would take any backend finds none: who cannot use what is free keeps nobody behind from it.</summary>
    private void Wake()
    {
        Volatile.Write(ref _wakePosted, 0);
        for (var place = _waiting.First; place is not null;)
        {
            var next = place.Next;
            place.Value.End(IoResult.Ready);
            if (place.List is not null && !place.Value.HasTried) return;
            place = next;
        }

        // Those who waited here may have left before a unit meant for them came.
        if (_waiting.Count == 0 && _queue.Waiting > 0) _queue.WakeNext();
    }

    private bool TryAcquire(in Tried tried, in HashKey key, out Lease lease)
    {
        var refused = tried;
        while (true)
        {
            var backend = _picker.Pick(new PickRequest(Pool.Eligible, refused, key.IsPresent, key.Hash, _loop.Now));
            if (backend is null)
            {
                lease = default;
                return false;
            }

            if (Pool.TryLease(backend, out lease)) return true;
            // Another loop took the last unit since the pick looked.
            refused.Add(backend);
        }
    }

    /// <summary>One not tried yet is full; where others wait, also one that is not, for it has just come free for them.</summary>
    private bool MayComeFree(in Tried tried)
    {
        foreach (var candidate in Pool.Eligible.Candidates)
        {
            if ((candidate.IsFull || _waiting.Count > 0) && !tried.Contains(candidate)) return true;
        }

        return false;
    }

    private async LoopTask<Acquisition> QueueAsync(Tried tried, HashKey key, Connection client)
    {
        Counters.Queued++;
        var deadline = _loop.Now + Times.Queue;
        var place = _waiting.AddLast(new WaitTicket(_loop, hasTried: tried.Count > 0));
        // A unit that another loop returned before it could see this place woke nobody, and what one ahead cannot use may be free: look once more.
        Interlocked.MemoryBarrier();
        if (_waiting.First == place || _waiting.First!.Value.HasTried) PostWake();
        try
        {
            while (true)
            {
                client.HangupObserver = place.Value;
                var ended = client.PeerHasClosed ? IoResult.Closed : await place.Value.WaitAsync(deadline);
                client.HangupObserver = null;
                if (ended == IoResult.Closed) return new Acquisition(default, AcquireFailure.ClientLeft);
                if (ended == IoResult.Ready && TryAcquire(tried, key, out var lease)) return new Acquisition(lease, AcquireFailure.None);
                if (ended == IoResult.TimedOut || _loop.Now >= deadline)
                {
                    Counters.QueueTimeouts++;
                    return new Acquisition(default, AcquireFailure.QueueTimeout);
                }

                // Nothing for this one: the same place, a new wait.
                place.Value = new WaitTicket(_loop, hasTried: tried.Count > 0);
            }
        }
        finally
        {
            _waiting.Remove(place);
            _queue.Leave();
        }
    }
}
