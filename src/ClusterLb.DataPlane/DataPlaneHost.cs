using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Http1;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Probing;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Tcp;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Epoll;
using ClusterLb.DataPlane.Transport.Sockets;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane;

/// <summary>
/// The bytes of a node: event loops with their listeners. Runs on its own threads and needs nobody once it has a routing table.
/// </summary>
public sealed class DataPlaneHost : IWorkCutter, IAsyncDisposable
{
    // What emitting adds to a head: forwarding fields, Via, framing.
    private const int HeadRoom = 2 * 1024;

    private readonly ClusterLbConfig _config;
    private readonly Worker[] _workers;
    private readonly LoopListener[][] _listeners;
    private readonly ProbeLoop _probes;
    private readonly EventLoop[] _loops;
    private readonly LoopPulse[] _pulses;

    /// <param name="config">Listeners and loops; pools come with the routing table.</param>
    /// <param name="tables">Read on every request.</param>
    /// <param name="outcomes">Hears of failures.</param>
    /// <param name="sessions">For pools whose clients stay with their backends.</param>
    /// <param name="accessLog">Null = off.</param>
    /// <param name="time">The wall clock of logs and cookies.</param>
    /// <param name="onFault">Hears of bugs: what request code threw. Called on loops; must not block.</param>
    public DataPlaneHost(
        ClusterLbConfig config, RoutingTableHolder tables, IOutcomeSink outcomes, SessionServices sessions, AccessLogSink? accessLog,
            TimeProvider time, Action<Exception> onFault)
    {
        _config = config;
        var usesEpoll = config.Node.Transport == TransportKind.Epoll
            || (config.Node.Transport == TransportKind.Auto && OperatingSystem.IsLinux());
        var headSize = config.Listeners.Select(listener => listener.Limits.HeadBytes).Append(16 * 1024).Max() + HeadRoom;
        var queues = new ConcurrentDictionary<Pool, PoolQueue>();
        var instance = RandomNumberGenerator.GetBytes(16);
        var descriptors = usesEpoll
            ? DescriptorBudget.ForClients(config.Listeners.Sum(listener => (long)listener.MaxConnections), OthersOf(config))
            : DescriptorBudget.Unlimited;
        MostClients = descriptors.MostClients;
        // Only the kernel's port sharing can spread clients over loops.
        _workers = [.. Enumerable.Range(0, usesEpoll ? config.Node.EventLoops : 1).Select(NewWorker)];
        var nodeGauge = new ConnectionGauge(MostClients);
        _listeners = [.. config.Listeners.Select(NewListener)];

        // Probes live in what clients and their backends must leave free.
        var probes = NewLoop(_workers.Length, "probes", DescriptorBudget.Unlimited);
        _probes = new ProbeLoop(probes);
        _loops = [.. _workers.Select(worker => worker.Loop), probes];
        _pulses = Array.ConvertAll(_loops, loop => new LoopPulse(loop));

        EventLoop NewLoop(int index, string name, DescriptorBudget budget) =>
            usesEpoll ? new EpollLoop(index, name, headSize, budget, onFault) : new SocketLoop(index, name, headSize, onFault);

        Worker NewWorker(int index)
        {
            var loop = NewLoop(index, $"loop-{index}", descriptors);
            var log = accessLog is null ? null : new AccessLog(loop, accessLog, config.Node.AccessLog, config.Node.Name, time);
            var seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
            return new Worker(loop, tables, outcomes, sessions, queues, seed, time) { AccessLog = log };
        }

        LoopListener[] NewListener(ListenerConfig listener)
        {
            var gauge = new ConnectionGauge(listener.MaxConnections);
            var clients = new ClientGauge(listener.MaxConnectionsPerClient);
            return [.. _workers.Select(worker => new LoopListener(worker.Loop, worker.Listeners, listener, gauge, nodeGauge, clients,
                ProtocolOf(worker, listener), stages: []))];
        }

        IProtocol ProtocolOf(Worker worker, ListenerConfig listener) => listener.Protocol == ListenerProtocol.Http
            ? new HttpProtocol(worker, listener, new HttpSettings(listener, config.Node, instance), time)
            : new TcpProtocol(worker, listener);
    }

    /// <summary>Where each listener is bound, by name; of interest when a port was left to the system.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> EndPoints { get; private set; } = new Dictionary<string, IPEndPoint>();

    /// <summary>Binds every listener and starts the loops; clients are refused until <see cref="OpenAsync"/>.</summary>
    /// <exception cref="ListenerBindException">An address cannot be bound; nothing is served then.</exception>
    public void Start()
    {
        var endPoints = new Dictionary<string, IPEndPoint>();
        foreach (var loops in _listeners) endPoints[loops[0].Config.Name] = Bind(loops);
        EndPoints = endPoints;
        _probes.Start();
        foreach (var worker in _workers)
        {
            new Housekeeping(worker).Begin();
            worker.Loop.Start();
        }
    }

    /// <summary>Clients are served when this completes. Once, after <see cref="Start"/>.</summary>
    /// <exception cref="ListenerBindException">Somebody else took an address meanwhile.</exception>
    public async Task OpenAsync()
    {
        foreach (var loops in _listeners)
        {
            try
            {
                // The first loop asks whether the address is free, so it must be alone.
                foreach (var listener in loops) await OnLoopAsync(listener, static l => l.Resume());
            }
            catch (SocketException failure)
            {
                throw new ListenerBindException(loops[0].Config.Name, EndPoints[loops[0].Config.Name], failure);
            }
        }
    }

    /// <summary>For the checks of backends; works from <see cref="Start"/> on.</summary>
    public IProbeTransport Probes => _probes;

    /// <summary>Clients that all listeners together accept at a time; what the process has descriptors for.</summary>
    public int MostClients { get; }

    /// <summary>Connections of clients now.</summary>
    public long ActiveClients => _listeners.Sum(loops => loops.Sum(listener => Volatile.Read(ref listener.Counters.Active)));

    /// <summary>Requests and TCP connections that backends have answered since the start.</summary>
    public long Requests => _workers.Sum(worker => worker.Pools.Requests);

    /// <summary>The same by backend id.</summary>
    public IReadOnlyDictionary<string, long> ReadRequests() => _workers
        .SelectMany(worker => worker.Pools.Backends)
        .GroupBy(one => one.Backend.Id, one => one.Counters)
        .ToDictionary(ofOne => ofOne.Key, ofOne => ofOne.Distinct().Sum(counters => counters.Latency.Count));

    /// <summary>
    /// From here on every response is its connection's last; listeners stay open, and whoever connects is served. Idle clients are not let
    /// go yet: one of them may be sending its next request at this moment, and would not be told.
    /// </summary>
    public void BeginDrain()
    {
        foreach (var worker in _workers) worker.Loop.Post(static state => ((Worker)state!).IsDraining = true, worker);
    }

    /// <summary>Undoes <see cref="BeginDrain"/>: connections are kept again.</summary>
    public void EndDrain()
    {
        foreach (var worker in _workers) worker.Loop.Post(static state => ((Worker)state!).IsDraining = false, worker);
    }

    /// <summary>
    /// Closes the listeners, lets idle clients go and waits until every other one is done, at most so long; who is left then is closed.
    /// </summary>
    /// <param name="timeout">For all of them.</param>
    /// <param name="impatient">Its end ends the waiting.</param>
    /// <returns>How many were cut off.</returns>
    public async Task<long> StopAcceptingAsync(TimeSpan timeout, Task impatient, TimeProvider time)
    {
        // A loop that has yet to accept what the kernel holds would look as if it had nobody to wait for.
        await Task.WhenAll(_listeners.SelectMany(loops => loops).Select(listener => OnLoopAsync(listener, static l => l.StopAccepting())));
        BeginDrain();
        foreach (var listener in _listeners.SelectMany(loops => loops)) OnLoop(listener, static l => l.Drain());
        var started = time.GetTimestamp();
        while (ActiveClients > 0 && time.GetElapsedTime(started) < timeout && !impatient.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        var cutOff = ActiveClients;
        foreach (var listener in _listeners.SelectMany(loops => loops)) OnLoop(listener, static l => l.CloseAll());
        return cutOff;
    }

    /// <summary>The names of loops that do not answer: one that hangs serves nobody, and nothing else shows it. Any thread.</summary>
    /// <param name="patience">For each.</param>
    public async Task<IReadOnlyList<string>> FindSilentLoopsAsync(TimeSpan patience, TimeProvider time)
    {
        var answers = await Task.WhenAll(_pulses.Select(pulse => pulse.AnswersAsync(patience, time)));
        return [.. _pulses.Zip(answers).Where(one => !one.Second).Select(one => one.First.Name)];
    }

    /// <inheritdoc/>
    public async Task<int> CutAsync(Backend backend)
    {
        return (await Task.WhenAll(_workers.Select(worker => new BackendCut(worker, backend).RunAsync()))).Sum();
    }

    /// <summary>A reader's sums over all loops. Any thread.</summary>
    public DataPlaneSnapshot Read() => DataPlaneSnapshot.Of(_workers, _listeners, _loops);

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners.SelectMany(loops => loops)) OnLoop(listener, static l => l.CloseAll());
        foreach (var worker in _workers)
        {
            await worker.Loop.StopAsync();
            // What was cut off last is logged, too.
            worker.AccessLog?.Dispose();
        }

        await _probes.StopAsync();
    }

    /// <summary>
    /// Descriptors of ports that are not the data plane's, each bounded by its owner; those told to leave still have theirs for a moment.
    /// </summary>
    private static int OthersOf(ClusterLbConfig config) =>
        (config.Node.Admin.MaxConnections * 2)
        + (config.Cluster.Seeds.Count == 0 ? 0 : config.Cluster.MaxHandshakes + (config.Cluster.MaxHandshakes / 4));

    private IPEndPoint Bind(LoopListener[] loops)
    {
        var bind = loops[0].Config.Bind;
        var alsoIPv4 = BoundPorts.AlsoTakesIPv4(_config, bind);
        try
        {
            // With port 0 the first loop gets a port from the system, and the others share it.
            foreach (var listener in loops) bind = listener.Bind(bind, alsoIPv4).EndPoint;
            return bind;
        }
        catch (SocketException failure)
        {
            throw new ListenerBindException(loops[0].Config.Name, bind, failure);
        }
    }

    private static Task OnLoopAsync(LoopListener listener, Action<LoopListener> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        OnLoop(listener, l =>
        {
            try
            {
                action(l);
                done.SetResult();
            }
            catch (SocketException failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    private static void OnLoop(LoopListener listener, Action<LoopListener> action) => listener.Loop.Post(_ => action(listener), null);
}
