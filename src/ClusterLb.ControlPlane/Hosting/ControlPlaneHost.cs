using Akka.Actor;
using Akka.Hosting;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Publishing;
using ClusterLb.Core.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

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
    private readonly IProbeTransport _probes;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private volatile ActorSystem? _system;
    private Task _running = Task.CompletedTask;
    private int _restarts;

    /// <param name="memory">Outlives ActorSystems.</param>
    /// <param name="probes">How HTTP and TCP checks reach backends.</param>
    /// <param name="logging">Also Akka's.</param>
    /// <param name="time">The clock of waits here and of gRPC checks.</param>
    public ControlPlaneHost(ControlPlaneMemory memory, IProbeTransport probes, ILoggerFactory logging, TimeProvider time)
    {
        (_memory, _probes, _logging, _time) = (memory, probes, logging, time);
        _logger = logging.CreateLogger("clusterlb.control");
    }

    /// <summary>False while it starts, restarts, or is gone.</summary>
    public bool IsRunning => _system is { WhenTerminated.IsCompleted: false };

    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>Returns at once.</summary>
    public void Start() => _running = Task.Run(KeepRunningAsync);

    /// <summary>Asks a backend's actor, from outside the actors.</summary>
    /// <exception cref="TimeoutException">It did not answer in time, or no ActorSystem runs.</exception>
    public async Task<BackendAdminState> AskAsync(BackendCommand command, TimeSpan timeout)
    {
        if (_system is not { } system) throw new TimeoutException("the control plane is not running");
        try
        {
            return await ActorRegistry.For(system).Get<BackendsActor>().Ask<BackendAdminState>(command, timeout);
        }
        catch (AskTimeoutException failure)
        {
            throw new TimeoutException("the control plane did not answer in time", failure);
        }
    }

    /// <summary>Ends the ActorSystem of this moment, as a fault would; another one takes its place.</summary>
    internal Task TerminateAsync() => _system?.Terminate() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
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
            _system = system;
            _logger.ControlPlaneRuns();
            await Task.WhenAny(system.WhenTerminated, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token));
            _system = null;
            await host.StopAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops while the system starts.
        }
        catch (Exception failure)
        {
            _system = null;
            _logger.ControlPlaneFailed(failure);
        }
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_logging);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddAkka("clusterlb", akka => akka
            .AddHocon(LoadSettings(), HoconAddMode.Prepend)
            .WithStrictSerialization()
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory(_logging);
            })
            .WithRoutingTablePublisher(_memory)
            .WithBackends(_memory)
            .WithHealthMonitor(_memory, new Probes(_probes, _time)));
        return builder.Build();
    }

    private static Akka.Configuration.Config LoadSettings()
    {
        using var stream = typeof(ControlPlaneHost).Assembly.GetManifestResourceStream("akka.conf")!;
        using var reader = new StreamReader(stream);
        return Akka.Configuration.ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    /// <summary>Signals are the node's business, not this inner host's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
