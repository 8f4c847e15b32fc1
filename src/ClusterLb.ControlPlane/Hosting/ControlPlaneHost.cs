using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// Keeps an ActorSystem running beside the data plane, and never in its way: it starts in the background, and when it dies or cannot
/// start another one takes its place, later each time, going on from <see cref="NodeMemory"/>.
/// </summary>
public sealed class ControlPlaneHost : IAsyncDisposable
{
    private static readonly TimeSpan s_firstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastBackoff = TimeSpan.FromSeconds(30);

    private readonly NodeMemory _memory;
    private readonly ControlPlanePorts _ports;
    private readonly RunningSystem _running;
    private readonly ILoggerFactory _logging;
    private readonly ClusterPortNotices _notices;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private CancellationTokenSource _stopping = new();
    private volatile EventStream? _events;
    private volatile ClusterTls? _tls;
    private IOwnFiles? _files;
    private Task _work = Task.CompletedTask;
    private int _restarts;

    /// <param name="memory">Outlives ActorSystems.</param>
    /// <param name="ports">The process around it.</param>
    /// <param name="running">Where others find the ActorSystem of the moment.</param>
    /// <param name="logging">Also Akka's, at debug.</param>
    /// <param name="time">The clock of waits here and of gRPC checks.</param>
    public ControlPlaneHost(NodeMemory memory, ControlPlanePorts ports, RunningSystem running, ILoggerFactory logging, TimeProvider time)
    {
        (_memory, _ports, _running, _logging, _time) = (memory, ports, running, logging, time);
        Commands = new ClusterCommands(
            running, memory.Members, memory.Admin, memory.OwnReport(ports.Node),
            new SessionCommands(running, memory.Members, memory.Sessions, memory.Clock));
        Knowledge = new NodeKnowledge(memory, ports.Node, ports.Discovery);
        _logger = logging.CreateLogger("clusterlb.control");
        _notices = new ClusterPortNotices(logging.CreateLogger("clusterlb.cluster-port"), time);
        memory.Store.IsRead = ports.Documents is null;
        ports.Tables.Listen(Note);
        ports.Documents?.OnReturn(() => _events?.Publish(new StoreReturned()));
    }

    /// <summary>Akka settings laid over all others, for tests that want time to pass faster or the network cut.</summary>
    internal string Overrides { get; init; } = "";

    internal ActorSystem? System => _running.Current;

    /// <summary>False while it starts, restarts, or is gone.</summary>
    public bool IsRunning => _running.IsRunning;

    /// <summary>How often another ActorSystem took the place of one that ended or could not start.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>What operators ask for through this node.</summary>
    public ClusterCommands Commands { get; }

    /// <summary>For a process that takes the place of this one.</summary>
    public NodeKnowledge Knowledge { get; }

    /// <summary>Who was refused at the cluster port, and what.</summary>
    public ClusterPortCounts ClusterPort { get; } = new();

    /// <summary>What this node proves itself with to others now; null = no certificate is in use.</summary>
    public ClusterIdentity? Identity => _tls?.Identity;

    /// <summary>
    /// Goes by another configuration: what the next ActorSystem is made of, and at once the keys of our cookie and the certificate. Pools
    /// come by <see cref="ControlPlanePorts.Tables"/>.
    /// </summary>
    /// <param name="identity">Takes the place of the one in use; null = that one stays, or none is in use.</param>
    public void Follow(ClusterLbConfig config, ClusterIdentity? identity)
    {
        _memory.Follow(config);
        if (identity is not null && _tls is { } tls) tls.Identity = identity;
    }

    /// <summary>Returns at once. Again after <see cref="LeaveAsync"/>: it goes on from what it knows.</summary>
    /// <param name="files">What a reload of the cluster goes by; null = the process reads none.</param>
    public void Start(IOwnFiles? files = null)
    {
        if (_stopping.IsCancellationRequested) _stopping = new CancellationTokenSource();
        var before = _work;
        _files = files;
        // One that was not waited for to its end has the cluster port still.
        _work = Task.Run(async () =>
        {
            await before;
            await KeepRunningAsync();
        });
    }

    /// <summary>Leaves the cluster, handing over what runs here, and frees the cluster port. The data plane goes on.</summary>
    public async Task LeaveAsync()
    {
        await _stopping.CancelAsync();
        await _work;
    }

    /// <summary>This node is not what it was: the others hear of it now and not with the next round. Any thread.</summary>
    public void TellOthers() => _events?.Publish(new NodeChanged());

    /// <summary>Ends the ActorSystem of this moment, as a fault would; another one takes its place.</summary>
    internal Task TerminateAsync() => _running.Current?.Terminate() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        _stopping.Dispose();
    }

    /// <summary>Remembered first: no ActorSystem may be there to hear of it.</summary>
    private void Note(TableChange change)
    {
        _memory.Admin.Leave(change, _memory.Clock.NowMilliseconds);
        foreach (var gone in change.Removed)
        {
            if (change.To.FindBackend(gone.Key) is null) _memory.Sessions.Bindings.Departures.Forget(gone.Key);
        }

        _events?.Publish(change);
    }

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
            _running.Begin(system);
            _logger.ControlPlaneRuns();
            await Task.WhenAny(system.WhenTerminated, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token));
            // Leaves the cluster, handing over what runs here.
            await host.StopAsync(CancellationToken.None);
            _ports.Sessions.Close();
            _running.End();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops while the system starts.
        }
        catch (Exception failure)
        {
            _ports.Sessions.Close();
            _running.End();
            _logger.ControlPlaneFailed(failure);
        }
    }

    private IHost Build()
    {
        var port = new ClusterPortSetup(new ClusterPortParts(_memory.Config, _ports.Secret, ClusterPort, _notices, _time)
        {
            Reserved = _ports.ClusterPort,
        });
        _tls = port.Tls;
        var check = new ConfiguredCheck(_ports.ProbeKinds, new ProbePorts(_ports.Probes, _time), _logger);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_logging);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddAkka("clusterlb", akka => akka
            .AddHocon(ConfigurationFactory.ParseString(Overrides).WithFallback(ClusterSettings.Of(_memory.Config)), HoconAddMode.Prepend)
            .WithClusterPort(port)
            .WithStrictSerialization()
            .WithCustomSerializer("clusterlb", [typeof(IClusterMessage)], system => new ClusterSerializer(system))
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory(new AkkaLogging(_logging));
            })
            // Before any actor: what they subscribe to must reach them from the first moment on.
            .WithActors((system, _) => _events = system.EventStream)
            .WithMembership(_memory)
            .WithRoutingTablePublisher(_memory)
            .WithBackends(_memory, _ports.Cutter)
            .WithAdminState(_memory, _ports.Node)
            .WithCookieKey(_memory, _ports.Documents)
            .WithStoredState(_memory, _ports.Documents)
            .WithGaugeExchange(_memory, _ports.Node)
            .WithSessions(_memory, _ports.Sessions, check)
            .WithStoredBindings(_memory, _ports.Sessions.Dependencies.Store)
            .WithOwnChecks(_memory, check)
            .WithDiscovery(_memory, _ports.Discovery)
            .WithReload(_memory, _ports.Node, _files)
            .WithNodeAgent(_memory, check)
            .WithHealthMonitor(_memory, check)
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
