using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Cluster = Akka.Cluster.Cluster;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// Keeps an ActorSystem running beside the data plane, and never in its way: it starts in the background, and when it dies or cannot
/// start another one takes its place, later each time, going on from <see cref="ControlPlaneMemory"/>.
/// </summary>
public sealed class ControlPlaneHost : IAsyncDisposable
{
    private static readonly TimeSpan s_firstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastBackoff = TimeSpan.FromSeconds(30);

    private readonly ControlPlaneMemory _memory;
    private readonly ControlPlanePorts _ports;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private volatile ActorSystem? _system;
    private Task _running = Task.CompletedTask;
    private int _restarts;

    /// <param name="memory">Outlives ActorSystems.</param>
    /// <param name="ports">The process around it.</param>
    /// <param name="logging">Also Akka's.</param>
    /// <param name="time">The clock of waits here and of gRPC checks.</param>
    public ControlPlaneHost(ControlPlaneMemory memory, ControlPlanePorts ports, ILoggerFactory logging, TimeProvider time)
    {
        (_memory, _ports, _logging, _time) = (memory, ports, logging, time);
        _logger = logging.CreateLogger("clusterlb.control");
        memory.HasStoredState = ports.Documents is null;
        ports.Documents?.OnReturn(memory.StoreReturned);
    }

    /// <summary>Akka settings laid over all others, for tests that want time to pass faster or the network cut.</summary>
    internal string Overrides { get; init; } = "";

    internal ActorSystem? System => _system;

    /// <summary>False while it starts, restarts, or is gone.</summary>
    public bool IsRunning => _system is { WhenTerminated.IsCompleted: false };

    /// <summary>How long nobody has looked after the backends on this node, neither the monitor nor checks of its own.</summary>
    public TimeSpan Unwatched => _memory.Unwatched;

    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>How many sessions each backend has.</summary>
    public BoundCounts Bound => _memory.Bound;

    /// <summary>How many each backend has lost.</summary>
    public SessionDepartures Departures => _memory.Bindings.Departures;

    public SessionCounts SessionCounts => _memory.Sessions.Read(_memory);

    /// <summary>The last evacuation that was begun through this node; null = none.</summary>
    public EvacuationProgress? Evacuation => _memory.Evacuation;

    /// <summary>Who was refused at the cluster port, and what.</summary>
    public ClusterPortCounts ClusterPort { get; } = new();

    /// <summary>Whether a <c>node.host</c> is one that only this machine reaches.</summary>
    public static bool IsLoopback(string host) => ClusterPortSetup.IsLoopback(host);

    /// <summary>Returns at once.</summary>
    public void Start() => _running = Task.Run(KeepRunningAsync);

    /// <summary>The cluster as this node sees it now. Any thread.</summary>
    public ClusterView Read() => ClusterView.Of(_memory, _ports.Node, _system);

    /// <summary>Asks for something of a backend, on every node.</summary>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public Task<BackendAnswer> AskAsync(BackendCommand command, TimeSpan timeout) =>
        AskAsync<BackendAnswer>(system => ActorRegistry.For(system).Get<AdminStateActor>(), command, timeout);

    /// <summary>Drains a node, or makes it ready again.</summary>
    /// <param name="address">Its <see cref="NodeView.Address"/>.</param>
    /// <param name="isDrain">False = ready.</param>
    /// <param name="timeout">For its answer.</param>
    /// <returns>Its phase now.</returns>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public async Task<string> CommandNodeAsync(string address, bool isDrain, TimeSpan timeout) =>
        (await AskAsync<NodeCommandDone>(system => AgentAt(system, address), new NodeCommand(isDrain), timeout)).Phase;

    /// <summary>The last decisions of every node that answers in time, oldest first.</summary>
    public async Task<IReadOnlyList<ClusterEventEntry>> ReadEventsAsync(TimeSpan timeout)
    {
        var others = Read().Nodes.Skip(1).Where(node => node.IsReachable).Select(node => EventsOfAsync(node.Address, timeout));
        var all = await Task.WhenAll(others);
        return [.. _memory.Events.Read().Concat(all.SelectMany(events => events)).OrderBy(entry => entry.UtcMilliseconds).TakeLast(EventJournal.Capacity)];
    }

    /// <summary>
    /// Sessions from this node's table: all of the cluster that were told to everybody, and those that this node has met.
    /// </summary>
    /// <param name="backends">Only those bound to one with such a key; null = all.</param>
    /// <param name="limit">The most to list.</param>
    public IReadOnlyList<Binding> ListSessions(IReadOnlySet<ulong>? backends, int limit) => SessionList.Read(_memory.Bindings, backends, limit, _memory.UtcSeconds);

    /// <summary>Where a session is, as its actor or this node knows; null = nowhere. One that was evicted is bound to no backend.</summary>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public async Task<Binding?> FindSessionAsync(SessionKey session, TimeSpan timeout)
    {
        var answer = await AskAsync<SessionBound>(system => ActorRegistry.For(system).Get<SessionActor>(), new FindSession(session), timeout);
        return SessionDecision.Newest(answer.Binding, Known(session));
    }

    /// <summary>Forgets where a session is, on every node and whatever its cookie says: its next request begins anew.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="said">What its cookie says, when it is named by that.</param>
    /// <param name="timeout">For the answer.</param>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public async Task<EvictionAnswer> EvictSessionAsync(SessionKey session, Binding? said, TimeSpan timeout)
    {
        if (_system is { } system && Quorum.Refusal(Cluster.Get(system), _memory) is { Length: > 0 } refusal) return new EvictionAnswer(IsEvicted: false, refusal);
        var answer = await AskAsync<SessionBound>(
            running => ActorRegistry.For(running).Get<SessionActor>(), new EvictSession(session, SessionDecision.Newest(Known(session), said)), timeout);
        return new EvictionAnswer(answer.Binding is not null, "");
    }

    private Binding? Known(SessionKey session) => _memory.Bindings.TryGet(session, _memory.UtcSeconds, out var known) ? known : null;

    /// <summary>
    /// Moves the sessions of a backend that drains or is in maintenance, so many a second; <see cref="Evacuation"/> says how far it is.
    /// </summary>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public Task<EvacuationAnswer> EvacuateAsync(string backend, int perSecond, TimeSpan timeout) =>
        AskAsync<EvacuationAnswer>(system => ActorRegistry.For(system).Get<EvacuationActor>(), new EvacuateBackend(backend, perSecond), timeout);

    /// <summary>Ends the ActorSystem of this moment, as a fault would; another one takes its place.</summary>
    internal Task TerminateAsync() => _system?.Terminate() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task<IReadOnlyList<ClusterEventEntry>> EventsOfAsync(string address, TimeSpan timeout)
    {
        try
        {
            return (await AskAsync<EventsReport>(system => AgentAt(system, address), new EventsRequest(), timeout)).Events;
        }
        catch (TimeoutException)
        {
            return [];
        }
    }

#pragma warning disable RS0030 // The edge: an operator waits for the answer, with a timeout.
    private async Task<T> AskAsync<T>(Func<ActorSystem, ICanTell> whom, object message, TimeSpan timeout)
    {
        if (_system is not { } system) throw new TimeoutException("the control plane is not running");
        try
        {
            return await whom(system).Ask<T>(message, timeout);
        }
        catch (AskTimeoutException failure)
        {
            throw new TimeoutException("the control plane did not answer in time", failure);
        }
    }
#pragma warning restore RS0030

    private static ActorSelection AgentAt(ActorSystem system, string address) => system.ActorSelection(new RootActorPath(Address.Parse(address)) / "user" / NodeAgentActor.Name);

    private async Task KeepRunningAsync()
    {
        var backoff = s_firstBackoff;
        while (!_stopping.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            await RunOnceAsync();
            if (_stopping.IsCancellationRequested) return;
            if (_time.GetElapsedTime(started) > s_lastBackoff) backoff = s_firstBackoff;
            Interlocked.Increment(ref _restarts);
            _logger.ControlPlaneRestarts(backoff);
            await Task.Delay(backoff, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, s_lastBackoff.Ticks));
        }
    }

    /// <summary>Runs one ActorSystem until it ends or the host stops.</summary>
    private async Task RunOnceAsync()
    {
        try
        {
            using var host = Build();
            await host.StartAsync(_stopping.Token);
            var system = host.Services.GetRequiredService<ActorSystem>();
            _system = system;
            _memory.CanAsk = true;
            _logger.ControlPlaneRuns();
            await Task.WhenAny(system.WhenTerminated, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token));
            // Leaves the cluster, handing over what runs here.
            await host.StopAsync(CancellationToken.None);
            _ports.Sessions.Close();
            _system = null;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops while the system starts.
        }
        catch (Exception failure)
        {
            _ports.Sessions.Close();
            _system = null;
            _logger.ControlPlaneFailed(failure);
        }
    }

    private IHost Build()
    {
        var prober = new Probes(_ports.Probes, _time);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_logging);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddAkka("clusterlb", akka => akka
            .AddHocon(ConfigurationFactory.ParseString(Overrides).WithFallback(ClusterSettings.Of(_memory.Config)), HoconAddMode.Prepend)
            .WithClusterPort(new ClusterPortParts(_memory.Config, _ports.Secret, ClusterPort, _logging.CreateLogger("clusterlb.cluster-port"), _time))
            .WithStrictSerialization()
            .WithCustomSerializer("clusterlb", [typeof(IClusterMessage)], system => new ClusterSerializer(system))
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory(_logging);
            })
            .WithMembership(_memory)
            .WithRoutingTablePublisher(_memory)
            .WithBackends(_memory, _ports.Cutter)
            .WithAdminState(_memory, _ports.Node)
            .WithStoredState(_memory, _ports.Documents)
            .WithCookieKey(_memory, _ports.Documents)
            .WithGaugeExchange(_memory, _ports.Node)
            .WithSessions(_memory, _ports.Sessions, prober)
            .WithStoredBindings(_memory, _ports.Sessions.Store)
            .WithOwnChecks(_memory, prober)
            .WithNodeAgent(_memory, prober)
            .WithHealthMonitor(_memory, prober)
            .WithBootstrap(_memory, _ports.Seeds));
        return builder.Build();
    }

    /// <summary>Signals are the node's business, not this inner host's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
