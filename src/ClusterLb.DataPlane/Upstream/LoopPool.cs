using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What one event loop owns of one pool: its picker, waiting requests, idle connections, retry budget and counters.</summary>
internal sealed class LoopPool
{
    private readonly RoutingTableHolder _tables;
    private readonly IOutcomeSink _outcomes;
    private readonly Connector _connector;
    private readonly IPicker _picker;
    private readonly PoolQueue _queue;
    private readonly CountersByBackend _backends;
    private readonly LinkedList<WaitTicket> _waiting = new();
    private readonly bool _needsResponseTimes;
    private int _wakePosted;
    private int _users;

    /// <param name="tables">Says which pool of a name requests go to.</param>
    /// <param name="pool">Of the routing table.</param>
    /// <param name="queue">Shared with the same pool on other loops.</param>
    /// <param name="outcomes">Is told each failure.</param>
    /// <param name="shedIdle">Gives descriptors of idle connections back, of whatever pool.</param>
    /// <param name="before">The one whose place it takes: it goes on counting where that one does; null = none.</param>
    public LoopPool(
        EventLoop loop, RoutingTableHolder tables, Pool pool, PoolQueue queue, LoopRandom random, IOutcomeSink outcomes, Action shedIdle,
        LoopPool? before)
    {
        (_connector, _tables, _outcomes, _queue) = (new Connector(loop, shedIdle), tables, outcomes, queue);
        (Loop, Pool) = (loop, pool);
        _picker = pool.Pickers.CreatePicker(random);
        _backends = new CountersByBackend(pool, before?._backends);
        Counters = before?.Counters ?? new PoolCounters();
        Idle = new PoolIdleConnections(pool, _backends.For);
        Times = new PoolTimes(pool.Config);
        Budget = new RetryBudget(pool.Config.Retry.BudgetPercent);
        var key = pool.Policy.KeyOf(pool.Config);
        KeyKind = key?.Kind;
        KeyName = System.Text.Encoding.ASCII.GetBytes(key?.Name ?? "");
        _needsResponseTimes = pool.Policy.NeedsResponseTimes;
        Sticky = StickyPool.Of(pool, before?.Sticky?.Counters);
        Silence = new Silence(loop, pool, queue);
        queue.Join(this);
    }

    public EventLoop Loop { get; }

    public Pool Pool { get; }

    /// <summary>What the policy hashes by; null when it does not hash.</summary>
    public HashKeyKind? KeyKind { get; }

    /// <summary>The header or cookie hashed by, else empty.</summary>
    public byte[] KeyName { get; }

    /// <summary>Null when clients do not stay with their backends.</summary>
    public StickyPool? Sticky { get; }

    public PoolTimes Times { get; }

    public Silence Silence { get; }

    public PoolIdleConnections Idle { get; }

    public RetryBudget Budget { get; }

    public PoolCounters Counters { get; }

    /// <summary>Shared with the same pool on other loops.</summary>
    public PoolQueue Queue => _queue;

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Another pool is in its place; one that was removed has none.</summary>
    public bool HasSuccessor => Pool.IsReplaced && _tables.Current.Find(Pool.Name) is { } now && now != Pool;

    /// <summary>What was counted so far. Any thread.</summary>
    public BackendCounters CountersOf(Backend backend) => _backends.Of(backend);

    /// <summary>To count in. On its loop.</summary>
    public BackendCounters CountersFor(Backend backend) => _backends.For(backend);

    /// <summary>Requests and connections that have to do with it: those under way, those that wait, those whose body is awaited.</summary>
    public bool IsInUse => _users > 0;

    /// <summary>One more has to do with it, until <see cref="Leave"/>.</summary>
    public void Enter() => _users++;

    public void Leave() => _users--;

    /// <summary>
    /// A lease on a backend that was not tried yet, at once when one has room, else after waiting in the queue. Null and the reason when
    /// not.
    /// </summary>
    /// <remarks>Who waits for no backend of its own is sent on when the pool is replaced (<see cref="AcquireFailure.Replaced"/>).</remarks>
    /// <param name="tried">Not these again.</param>
    /// <param name="key">For policies that hash.</param>
    /// <param name="bound">The only one that will do, ejected or not; null = whichever the policy picks. Not one that was tried.</param>
    /// <param name="waiter">Leaves the queue when its client leaves.</param>
    /// <param name="since">
    /// Monotonic milliseconds since when it has waited in the queue of the pool before this one, whose place it keeps; null = it has not.
    /// </param>
    public LoopTask<Acquisition> AcquireAsync(in Tried tried, in HashKey key, Backend? bound, Waiter waiter, long? since = null)
    {
        // Nobody overtakes those who wait already. Who has a backend of its own has nothing to wait for at a start.
        var isStarting = bound is null && Pool.Eligible.IsStarting;
        if (_waiting.Count == 0 && !isStarting && TryAcquire(tried, key, bound, out var lease))
            return new LoopTask<Acquisition>(new Acquisition(lease, AcquireFailure.None));
        if (!isStarting && !MayComeFree(tried, bound))
        {
            // The last unit may have come back between the two looks.
            if (TryAcquire(tried, key, bound, out lease)) return new LoopTask<Acquisition>(new Acquisition(lease, AcquireFailure.None));
            Counters.NoBackend++;
            return new LoopTask<Acquisition>(new Acquisition(default, AcquireFailure.NoBackend));
        }

        if (!_queue.TryEnter(mayExceed: since is not null))
        {
            // A start is no reason to refuse anybody: who cannot wait takes what is presumed well.
            if (isStarting && TryAcquire(tried, key, bound, out lease))
                return new LoopTask<Acquisition>(new Acquisition(lease, AcquireFailure.None));
            Counters.QueueRejections++;
            return new LoopTask<Acquisition>(new Acquisition(default, AcquireFailure.QueueFull));
        }

        return QueueAsync(tried, key, bound, waiter, (since ?? Loop.Now) + Times.Queue);
    }

    public void Return(in Lease lease)
    {
        lease.Return();
        if (_queue.Waiting > 0) _queue.WakeNext();
    }

    public LoopTask<ConnectResult> ConnectAsync(Backend backend)
    {
        CountersFor(backend).Connects++;
        return _connector.ConnectAsync(backend, Times.Connect);
    }

    /// <summary>
    /// Tells everybody who learns from outcomes: the pool's passive health at once, the control plane when it is a failure.
    /// </summary>
    /// <param name="witness">Whose try it was.</param>
    public void Observe(Backend backend, in Outcome outcome, ulong witness)
    {
        Pool.Observe(backend, outcome, witness, Loop.Now);
        if (outcome.IsSuccess) return;
        var counters = CountersFor(backend);
        counters.Outcomes[(int)outcome.Kind]++;
        if (outcome.IsFailedConnect) counters.ConnectFailures++;
        _outcomes.Report(backend, outcome);
    }

    /// <summary>Learns how fast a backend is, where the policy picks by that.</summary>
    /// <param name="microseconds">From the connection with the backend to its response's head.</param>
    public void ObserveTime(Backend backend, long microseconds)
    {
        if (_needsResponseTimes) CountersFor(backend).Times.Observe(backend.Load, microseconds, Loop.Now);
    }

    /// <summary>
    /// Called every 100 ms on the loop: who waits may have a backend that became eligible, or one that came free for another; and whom
    /// another pool could serve is to look there.
    /// </summary>
    public void WakeWaiting()
    {
        if (_waiting.Count == 0) return;
        if (HasSuccessor) SendOn();
        else Wake();
    }

    /// <summary>Wakes waiting requests on the loop's next turn. Any thread.</summary>
    public void PostWake()
    {
        if (Interlocked.Exchange(ref _wakePosted, 1) == 0) Loop.Post(static state => ((LoopPool)state!).Wake(), this);
    }

    /// <summary>
    /// In order, until one that would take any backend finds none: who cannot use what is free keeps nobody behind from it.
    /// </summary>
    private void Wake()
    {
        Volatile.Write(ref _wakePosted, 0);
        for (var place = _waiting.First; place is not null;)
        {
            var next = place.Next;
            place.Value.End(IoResult.Ready);
            if (place.List is not null && !place.Value.IsChoosy) return;
            place = next;
        }

        // Those who waited here may have left before a unit meant for them came.
        if (_waiting.Count == 0 && _queue.Waiting > 0) _queue.WakeNext();
    }

    /// <summary>All of them, in order.</summary>
    private void SendOn()
    {
        for (var place = _waiting.First; place is not null;)
        {
            // Whoever is woken may be gone when this returns.
            var next = place.Next;
            place.Value.End(IoResult.Ready);
            place = next;
        }
    }

    private bool TryAcquire(in Tried tried, in HashKey key, Backend? bound, out Lease lease)
    {
        if (bound is not null) return Pool.TryLeaseBound(bound, out lease);
        var refused = tried;
        while (true)
        {
            var backend = _picker.Pick(new PickRequest(Pool.Eligible, refused, key.IsPresent, key.Hash, Loop.Now));
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
    private bool MayComeFree(in Tried tried, Backend? bound)
    {
        if (bound is { IsFull: true }) return true;
        foreach (var candidate in Pool.Eligible.Candidates)
        {
            if ((candidate.IsFull || _waiting.Count > 0) && !tried.Contains(candidate)) return true;
        }

        return false;
    }

    private async LoopTask<Acquisition> QueueAsync(Tried tried, HashKey key, Backend? bound, Waiter waiter, long deadline)
    {
        var began = Counters.BeginWait();
        var isChoosy = tried.Count > 0 || bound is not null;
        var place = _waiting.AddLast(new WaitTicket(Loop, isChoosy));
        // A unit that another loop returned before it could see this place woke nobody, and what one ahead cannot use may be free: look
        // once more.
        Interlocked.MemoryBarrier();
        if (_waiting.First == place || _waiting.First!.Value.IsChoosy) PostWake();
        try
        {
            while (true)
            {
                var ended = await waiter.WaitAsync(place.Value, deadline);
                if (ended == IoResult.Closed) return new Acquisition(default, AcquireFailure.ClientLeft);
                if (bound is null && HasSuccessor) return new Acquisition(default, AcquireFailure.Replaced);
                var isLast = ended == IoResult.TimedOut || Loop.Now >= deadline;
                var isStarting = bound is null && Pool.Eligible.IsStarting;
                if ((isLast || !isStarting) && TryAcquire(tried, key, bound, out var lease))
                    return new Acquisition(lease, AcquireFailure.None);
                if (isLast)
                {
                    Counters.QueueTimeouts++;
                    return new Acquisition(default, AcquireFailure.QueueTimeout);
                }

                // Nothing for this one: the same place, a new wait.
                place.Value = new WaitTicket(Loop, isChoosy);
            }
        }
        finally
        {
            _waiting.Remove(place);
            _queue.Leave();
            Counters.EndWait(began);
        }
    }
}
