using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// One thread that owns listeners, connections, timers and buffers, and shares none of them. Everything but <see cref="Post"/>,
/// <see cref="Start"/> and <see cref="StopAsync"/> is called on that thread.
/// </summary>
internal abstract class EventLoop
{
    private const int TrimIntervalMilliseconds = 2000;

    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _posted = new();
    private readonly List<Connection> _deferred = [];
    private List<ILoopStep> _yielded = [];
    private List<ILoopStep> _resuming = [];
    private readonly Action<Exception> _onFault;
    private int _wakeRequested;
    private long _trimAt;
    private long _wokeAt;
    private long _busyTicks;
    private volatile bool _stopping;

    protected EventLoop(int index, string name, int headBufferSize, Action<Exception> onFault)
    {
        Index = index;
        HeadBuffers = new BufferPool(headBufferSize);
        _onFault = onFault;
        Now = MonotonicMilliseconds();
        Timers = new TimerWheel(Now);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public int Index { get; }

    /// <summary>Of its thread.</summary>
    public string Name => _thread.Name!;

    /// <summary>Monotonic milliseconds, read once per turn of the loop.</summary>
    public long Now { get; private set; }

    public TimerWheel Timers { get; }

    /// <summary>Buffers that hold a message head and the first bytes of its body.</summary>
    public BufferPool HeadBuffers { get; }

    /// <summary>Buffers for the rest of large bodies and for tunnels.</summary>
    public BufferPool BodyBuffers { get; } = new(64 * 1024);

    public static long MonotonicMilliseconds() => MillisecondsOf(Stopwatch.GetTimestamp());

    /// <summary>How long it has worked since it started, and not waited for events; to the end of its last turn. Any thread.</summary>
    public TimeSpan Busy => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _busyTicks));

    /// <summary>Completes when the loop has ended: what is posted later never runs.</summary>
    public Task Stopped => _stopped.Task;

    public void Start() => _thread.Start();

    /// <summary>
    /// Ends the loop after what is posted has run; open connections are dropped with it. One that was never started just lets go of what it
    /// holds.
    /// </summary>
    public Task StopAsync()
    {
        if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
        {
            CloseAll();
            _stopped.TrySetResult();
            return Task.CompletedTask;
        }

        Post(static state => ((EventLoop)state!)._stopping = true, this);
        return _stopped.Task;
    }

    /// <summary>Runs an action on the loop. Any thread.</summary>
    public void Post(Action<object?> action, object? state)
    {
        _posted.Enqueue((action, state));
        // A stopped loop's descriptors are closed: waking it would write into somebody else's.
        if (_stopped.Task.IsCompleted) return;
        if (Interlocked.Exchange(ref _wakeRequested, 1) == 0) Wake();
    }

    /// <summary>Runs an action on the loop, and completes when it has run, or fails as it did. Any other thread.</summary>
    /// <exception cref="OperationCanceledException">The loop has ended.</exception>
    public async Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }, null);
        if (await Task.WhenAny(done.Task, Stopped) != done.Task) throw new OperationCanceledException($"{Name} has ended");
        await done.Task;
    }

    /// <summary>Binds at once; accepting begins with <see cref="IListener.Resume"/>. Called before the loop starts or on it.</summary>
    /// <param name="handler">Gets who arrives.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, or not this machine's.</exception>
    public abstract IListener Listen(in BindAddress bind, IConnectionHandler handler);

    /// <summary>On a socket that listens already; it is this loop's from here on.</summary>
    public abstract IListener Adopt(Socket socket, IConnectionHandler handler);

    /// <summary>Connects within the deadline. The result says why there is no connection when there is none.</summary>
    public abstract LoopTask<ConnectResult> ConnectAsync(IPEndPoint endPoint, long deadline);

    /// <summary>How near the process is to the end of its descriptors.</summary>
    public virtual Pressure DescriptorPressure => Pressure.None;

    /// <summary>For <see cref="Pipe.Between"/>. Null where there are none, or no descriptors are left for one.</summary>
    public virtual Pipe? RentPipe() => null;

    /// <param name="pipe">Of this loop; with bytes left in it, it is not used again.</param>
    public virtual void ReturnPipe(Pipe pipe)
    {
    }

    /// <summary>Lets everybody else on the loop have a turn; for code that could go on for ever without waiting.</summary>
    public LoopYield Yield() => new(this);

    internal void ResumeNextTurn(ILoopStep step) => _yielded.Add(step);

    /// <summary>Ends the waits of a closed connection once the code that closed it has returned.</summary>
    internal void Defer(Connection connection) => _deferred.Add(connection);

    /// <summary>Lets work run to its end by itself. What it throws is a bug: reported, and the loop goes on.</summary>
    internal void Launch(LoopTask<bool> work)
    {
        if (work.IsCompleted) Observe(work);
        else work.GetAwaiter().Then(new LaunchedWork(this, work));
    }

    /// <summary>Waits for events no longer than the given milliseconds (-1 = for ever) and dispatches them.</summary>
    protected abstract void Turn(int timeoutMilliseconds);

    /// <summary>Makes a waiting <see cref="Turn"/> return. Any thread.</summary>
    protected abstract void Wake();

    protected abstract void CloseAll();

    /// <summary>The wait of a <see cref="Turn"/> is over.</summary>
    protected void Refresh()
    {
        _wokeAt = Stopwatch.GetTimestamp();
        Now = MillisecondsOf(_wokeAt);
    }

    protected void Guard(Exception fault) => _onFault(fault);

    protected static async LoopTask<ConnectResult> ConcludeAsync(Connection connection, LoopTask<int> connecting)
    {
        var status = await connecting;
        if (status == IoResult.Ready) return new ConnectResult(connection, status);
        connection.Close();
        return new ConnectResult(null, status);
    }

    private void Observe(LoopTask<bool> work)
    {
        try
        {
            work.GetAwaiter().GetResult();
        }
        catch (Exception fault)
        {
            _onFault(fault);
        }
    }

    private static long MillisecondsOf(long timestamp) => (long)(timestamp * (1000.0 / Stopwatch.Frequency));

    private void Run()
    {
        Refresh();
        while (!_stopping)
        {
            try
            {
                RunPosted();
                RunDeferred();
                RunYielded();
                var delay = _stopping || _deferred.Count + _yielded.Count > 0 ? 0 : Timers.NextDelay(Now);
                // A clock of the process's own memory: no system call.
                _busyTicks += Stopwatch.GetTimestamp() - _wokeAt;
                Turn(delay);
                Timers.Advance(Now);
                if (Now >= _trimAt) TrimBuffers();
            }
            catch (Exception fault)
            {
                _onFault(fault);
            }
        }

        CloseAll();
        _stopped.TrySetResult();
    }

    private void RunPosted()
    {
        // Cleared before reading: what is posted while this runs wakes the next turn.
        Volatile.Write(ref _wakeRequested, 0);
        while (_posted.TryDequeue(out var item)) item.Action(item.State);
    }

    private void RunDeferred()
    {
        for (var i = 0; i < _deferred.Count; i++) _deferred[i].CompleteClosed();
        _deferred.Clear();
    }

    private void RunYielded()
    {
        if (_yielded.Count == 0) return;
        (_yielded, _resuming) = (_resuming, _yielded);
        foreach (var step in _resuming) step.MoveNext();
        _resuming.Clear();
    }

    private void TrimBuffers()
    {
        _trimAt = Now + TrimIntervalMilliseconds;
        HeadBuffers.Trim();
        BodyBuffers.Trim();
    }

    private sealed class LaunchedWork(EventLoop loop, LoopTask<bool> work) : ILoopStep
    {
        public void MoveNext() => loop.Observe(work);
    }
}

/// <param name="Connection">Null when there is none.</param>
/// <param name="Status"><see cref="IoResult.Ready"/>, Refused, TimedOut, Unreachable, Exhausted or Reset.</param>
internal readonly record struct ConnectResult(Connection? Connection, int Status);
