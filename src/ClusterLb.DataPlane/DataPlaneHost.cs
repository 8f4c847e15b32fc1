using System.Collections.Concurrent;
using System.Net;
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

    private readonly string _node;
    private readonly Worker[] _workers;
    private readonly ListenerSet _listeners;
    private readonly ConnectionGauge _nodeGauge;
    private readonly DescriptorBudget? _descriptors;
    private readonly ProbeLoop _probes;
    private readonly EventLoop[] _loops;
    private readonly LoopPulse[] _pulses;
    private readonly TimeProvider _time;

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
        (_node, _time) = (config.Node.Name, time);
        var usesEpoll = config.Node.Transport == TransportKind.Epoll
            || (config.Node.Transport == TransportKind.Auto && OperatingSystem.IsLinux());
        var headSize = HeadSizeOf(config);
        var queues = new ConcurrentDictionary<Pool, PoolQueue>();
        var instance = RandomNumberGenerator.GetBytes(16);
        _descriptors = usesEpoll ? DescriptorBudget.ForClients(WantedBy(config), OthersOf(config)) : null;
        var descriptors = _descriptors ?? DescriptorBudget.Unlimited;
        // Only the kernel's port sharing can spread clients over loops.
        _workers = [.. Enumerable.Range(0, usesEpoll ? config.Node.EventLoops : 1).Select(NewWorker)];
        _nodeGauge = new ConnectionGauge(MostClients);
        _listeners = new ListenerSet(config, _workers, _nodeGauge, ProtocolOf);

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

        IProtocol ProtocolOf(Worker worker, ListenerConfig listener, TrafficCounters traffic) => listener.Protocol == ListenerProtocol.Http
            ? new HttpProtocol(worker, listener, new HttpSettings(listener, config.Node, instance), traffic, time)
            : new TcpProtocol(worker, listener, traffic);
    }

    /// <summary>Where each listener is bound, by name; of interest when a port was left to the system.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> EndPoints => _listeners.EndPoints;

    /// <summary>Binds every listener and starts the loops; clients are refused until <see cref="OpenAsync"/>.</summary>
    /// <exception cref="ListenerBindException">An address cannot be bound; nothing is served then.</exception>
    public void Start() => Start([]);

    /// <summary>The same for a process that takes the place of another: what that one listens with is not bound again.</summary>
    /// <param name="inherited">Those that a listener can use are the host's from here on.</param>
    /// <returns>Those that none can use.</returns>
    /// <exception cref="ListenerBindException">An address cannot be bound; nothing is served then.</exception>
    public IReadOnlyList<ListeningSocket> Start(IReadOnlyList<ListeningSocket> inherited)
    {
        var unused = _listeners.Bind(inherited);
        _probes.Start();
        foreach (var worker in _workers)
        {
            new Housekeeping(worker).Begin();
            worker.Loop.Start();
        }

        return unused;
    }

    /// <summary>Another descriptor of everything that clients come by. Linux.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">There are none left.</exception>
    public Task<IReadOnlyList<ListeningSocket>> CopySocketsAsync() => _listeners.CopySocketsAsync();

    /// <summary>
    /// Another process serves who comes from now on, by the same sockets. Clients that keep their connections are told to close them,
    /// spread over a time; <see cref="StopAcceptingAsync"/> ends the rest.
    /// </summary>
    /// <param name="copies">Of the sockets that the other one has.</param>
    /// <param name="spread">Over which clients are told to end their connections.</param>
    public async Task HandOverAsync(IReadOnlyList<ListeningSocket> copies, TimeSpan spread)
    {
        await _listeners.HandOverAsync(copies);
        await Task.WhenAll(_workers.Select(worker => worker.Loop.RunAsync(
            () => worker.Farewell = new Farewell(worker.Loop.Now, (long)spread.TotalMilliseconds))));
    }

    /// <summary>Undoes <see cref="HandOverAsync"/>: who comes is served here again, and connections are kept.</summary>
    /// <param name="copies">Of before; the host's from here on.</param>
    public async Task TakeBackAsync(IReadOnlyList<ListeningSocket> copies)
    {
        foreach (var worker in _workers) worker.Loop.Post(static state => ((Worker)state!).Farewell = null, worker);
        await _listeners.TakeBackAsync(copies);
    }

    /// <summary>Clients are served when this completes. Once, after <see cref="Start()"/>.</summary>
    /// <exception cref="ListenerBindException">Somebody else took an address meanwhile.</exception>
    public Task OpenAsync() => _listeners.OpenAsync();

    /// <summary>
    /// Binds what the listeners of another configuration need. Nothing changes for anybody before the change is made. After
    /// <see cref="OpenAsync"/>; one at a time.
    /// </summary>
    /// <param name="desired">Valid; what of it needs another process is not looked at.</param>
    /// <exception cref="ListenerBindException">An address cannot be bound; everything is as it was.</exception>
    public async Task<PreparedListeners> PrepareAsync(ClusterLbConfig desired)
    {
        var change = await _listeners.PrepareAsync(desired);
        return new PreparedListeners(() => CommitAsync(change), change.AbandonAsync);
    }

    /// <summary>Every loop logs there from now on; when this completes nobody writes to the sink of before any more.</summary>
    /// <param name="sink">Null = no access log.</param>
    /// <param name="config">What a line is like.</param>
    public Task LogToAsync(AccessLogSink? sink, AccessLogConfig config) => Task.WhenAll(_workers.Select(worker =>
        worker.Loop.RunAsync(() =>
        {
            worker.AccessLog?.Dispose();
            worker.AccessLog = sink is null ? null : new AccessLog(worker.Loop, sink, config, _node, _time);
        })));

    /// <summary>For the checks of backends; works from <see cref="Start()"/> on.</summary>
    public IProbeTransport Probes => _probes;

    /// <summary>Clients that all listeners together accept at a time; what the process has descriptors for.</summary>
    public int MostClients => (_descriptors ?? DescriptorBudget.Unlimited).MostClients;

    /// <summary>Connections of clients now.</summary>
    public long ActiveClients => _listeners.All.Sum(listener => listener.Active);

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
        await Task.WhenAll(_listeners.Parts.Select(listener => listener.Loop.RunAsync(listener.StopAccepting)));
        BeginDrain();
        foreach (var listener in _listeners.Parts) OnLoop(listener, static l => l.Drain());
        var started = time.GetTimestamp();
        while (ActiveClients > 0 && time.GetElapsedTime(started) < timeout && !impatient.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        var cutOff = ActiveClients;
        foreach (var listener in _listeners.Parts) OnLoop(listener, static l => l.CloseAll());
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
    public DataPlaneSnapshot Read() => DataPlaneSnapshot.Of(_workers, _listeners.All, _loops);

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners.Parts) OnLoop(listener, static l => l.CloseAll());
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

    /// <summary>Of a buffer that takes any head.</summary>
    internal static int HeadSizeOf(ClusterLbConfig config) =>
        config.Listeners.Select(listener => listener.Limits.HeadBytes).Append(16 * 1024).Max() + HeadRoom;

    private static long WantedBy(ClusterLbConfig config) => config.Listeners.Sum(listener => (long)listener.MaxConnections);

    private async Task CommitAsync(ListenerChange change)
    {
        _descriptors?.Follow(WantedBy(change.Desired));
        _nodeGauge.Follow(MostClients);
        await _listeners.CommitAsync(change);
    }

    private static void OnLoop(LoopListener listener, Action<LoopListener> action) => listener.Loop.Post(_ => action(listener), null);
}
