using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Api;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Dns;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Logging;
using ClusterLb.Node.Reload;
using ClusterLb.Node.Seeds;
using ClusterLb.Node.Takeover;
using ClusterLb.Node.Telemetry;
using ClusterLb.Node.Terminal;
using ClusterLb.Redis;

namespace ClusterLb.Node.Hosting;

/// <summary>A whole node in one process: data plane, control plane, admin port come up in that order and leave in the other.</summary>
internal static class NodeHost
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_complaint = TimeSpan.FromSeconds(2);

    /// <summary>Serves until a signal says stop; the exit code says how it ended.</summary>
    /// <param name="sources">Where it is read again when somebody asks for that.</param>
    /// <param name="config">Read from there, and checked.</param>
    /// <param name="warnings">What of it cannot work as it is meant; logged once.</param>
    /// <param name="signals">What is asked of the process from outside.</param>
    /// <param name="succession">To the running node whose place it takes; null = it is started as usual.</param>
    /// <param name="errors">Where a start that fails says why, in one line.</param>
    /// <param name="time">The clock of everything in the node.</param>
    public static async Task<int> RunAsync(
        ConfigurationSources sources, ClusterLbConfig config, IReadOnlyList<ConfigurationProblem> warnings, ProcessSignals signals,
        Succession? succession, TextWriter errors, TimeProvider time)
    {
        using var logs = new NodeLogs(config.Node.Log, OutputStream.OfStandardError(), time);
        var logging = logs.Factory;
        var logger = logging.CreateLogger("clusterlb");
        foreach (var warning in warnings) logger.ConfigurationWarned(warning.ToString());
        if (ReadSecret(config.Cluster, out var secretProblem) is not { } secret) return await RefuseAsync(secretProblem, errors, time);
        var portProblem = "";
        // Of whom it takes the place has it still.
        using var clusterPort = succession is null ? ReservedClusterPort.Take(config, out portProblem) : ReservedClusterPort.Later;
        if (clusterPort is null) return await RefuseAsync(portProblem, errors, time);
        var tables = new RoutingTableHolder();
        var clock = new Clock(time);
        var memory = new NodeMemory(config, tables, logging.CreateLogger("clusterlb.cluster"), clock);
        var owner = new TableOwner(tables, new RoutingTableBuilder(new LoggedPoolEvents(logger, memory.Members.Events)), clock);
        var running = new RunningSystem();
        var node = new NodeState(() => memory.IsInformed, () => running.HasRun, time);
        await using var accessLog = OpenAccessLog(config.Node.AccessLog, out var problem);
        if (accessLog is null) return await RefuseAsync(problem, errors, time);
        await using var store = config.Store.Type == StoreType.Redis
            ? new RedisStore(config.Store.Redis, time, logging.CreateLogger("clusterlb.redis"))
            : null;
        await using var nodeTable = await NodeTable.StartAsync(config, owner, memory);
        var sessions = new SessionDirectory(memory.SessionDependencies(store));
        var services = new SessionServices(memory.Sessions.Bindings, sessions, memory.Sessions.CookieKeys, config.Sticky.NewPerClient);
        await using var dataPlane = new DataPlaneHost(
            config, tables, memory.Health.Reports, services, accessLog.Sink, time, logger.DataPlaneFault);
        var zones = new LiveZone(() => owner.InForce.Config.Dns, config.Node.Name, node, new NodeRoster(memory.Members, running), clock);
        var local = new LocalNode(owner, node, dataPlane, () => zones.Serial, time);
        var ports = new ControlPlanePorts(
            dataPlane.Probes, dataPlane, local, new SeedResolver(config.Cluster.NameServers, logger), sessions, owner, nodeTable.Discovery)
        { Documents = store, Secret = secret, ClusterPort = clusterPort };
        var controlPlane = new ControlPlaneHost(memory, ports, running, logging, time);
        var readiness = new Readiness(node, dataPlane, memory.Health, time);
        var dns = new NodeNames(owner, zones, node, readiness, logger, clock);
        var parts = ReloadParts.Of(logs, accessLog, nodeTable.Table, dns, dataPlane, controlPlane);
        using var reload = new ConfigurationReload(sources, config, parts, node, memory.Members.Events, logger, time);
        node.Changed += controlPlane.TellOthers;
        signals.LogsRenamed += () => ReopenAsync(accessLog, logger);
        signals.ReloadAsked += reload.Begin;
        node.Changed += reload.BeginIfAsked;
        Func<string, IPEndPoint, bool, Socket?> inherited = succession is null ? (_, _, _) => null : succession.Claim;
        var adminSockets = new AdminSockets(inherited);
        try
        {
            await using var newPlace = succession is null
                ? null
                : new NewPlace(succession, dataPlane, controlPlane, reload, running, adminSockets, memory.Members.Events, time);
            if (newPlace is null) Start(dataPlane, controlPlane, reload);
            else newPlace.Bind();
            using var alarm = new LogAlarm(logs, accessLog, logger, time);
            using var skew = new SkewAlarm(dataPlane.ReadRequests, tables, logger, time);
            var traffic = new NodeMetrics(dataPlane, tables, memory.Health.Probes, controlPlane.Commands, time);
            var status = new ClusterStatus(owner, node, dataPlane, tables, controlPlane, store, reload.Counts, nodeTable.Discovery, clock);
            await using var answering = dns.Bind(inherited);
            if (newPlace is null) dns.Start();
            var place = new NodePlace(node, dataPlane, controlPlane, adminSockets, dns, reload, memory.Members.Events, time);
            var upgrade = new Upgrade(config.Node.TakeoverSocket, place, time);
            await using var offer = new OfferedPlace(config.Node.TakeoverSocket, place, upgrade, signals, time);
            await using var admin = await AdminServer.StartAsync(
                config, adminSockets, [.. MetricsOf(traffic, controlPlane, nodeTable, store), dns, skew, alarm, reload.Counts],
                readiness,
                [.. RoutesOf(status, tables, controlPlane, memory, reload, time), .. new UpgradeRoutes(place.Name, upgrade.RunAsync).All],
                logger, time);
            if (newPlace is null)
            {
                await offer.OpenAsync();
                await OpenAsync(config, memory, node, dataPlane, signals, logger, time);
            }
            else
            {
                await newPlace.OpenAsync(node, dns, signals);
                Announce(logger, config, dataPlane, dataPlane.EndPoints);
                await newPlace.SettleAsync(config.Node, dns, signals);
                await offer.TakeOverAsync();
            }

            if (await offer.WaitAsync())
            {
                await FinishAsync(reload.InForce.Node, place, dataPlane, signals, logger, time);
                // Who asked for it has the answer before the port is gone.
                await Task.WhenAny(admin.StopAsync(), signals.Second);
                return ExitCode.Done;
            }

            node.Leave();
            await Task.WhenAny(reload.FinishAsync(), signals.Second);
            await DrainAsync(reload.InForce.Node, dataPlane, signals, logger, time);
            return ExitCode.Done;
        }
        catch (Exception failure) when (failure is ListenerBindException or AdminBindException or DnsBindException or TakeoverException)
        {
            return await RefuseAsync(failure.Message, errors, time);
        }
        finally
        {
            // Leaves the cluster last: until here the others counted what was in flight. Who is asked twice goes without a word.
            await Task.WhenAny(controlPlane.DisposeAsync().AsTask(), signals.Second);
        }
    }

    private static void Start(DataPlaneHost dataPlane, ControlPlaneHost controlPlane, ConfigurationReload reload)
    {
        dataPlane.Start();
        controlPlane.Start(reload);
    }

    /// <summary>
    /// Another process is the node: this one ends what it has, as it does when it leaves; but nobody need be told, and the cluster has been
    /// left already.
    /// </summary>
    private static async Task FinishAsync(
        NodeConfig config, NodePlace place, DataPlaneHost dataPlane, ProcessSignals signals, ILogger logger, TimeProvider time)
    {
        Supervisor.Tell(Supervisor.MainIs(await place.GivenTo));
        await Task.WhenAny(Task.Delay(place.LeftOfFarewell, time), signals.First);
        var cutOff = await dataPlane.StopAcceptingAsync(config.DrainTimeout, signals.Second, time);
        logger.NodeLeft(config.Name, cutOff);
    }

    private static IEnumerable<IMetricSource> MetricsOf(
        NodeMetrics traffic, ControlPlaneHost controlPlane, NodeTable nodeTable, RedisStore? store) =>
    [
        new ProcessMetrics(), traffic, new ClusterPortMetrics(controlPlane.ClusterPort), new SourceMetrics(nodeTable.Discovery),
        .. store is null ? [] : new[] { new StoreMetrics(store) },
    ];

    private static IReadOnlyList<ApiRoute> RoutesOf(
        ClusterStatus status, RoutingTableHolder tables, ControlPlaneHost controlPlane, NodeMemory memory, ConfigurationReload reload,
        TimeProvider time) =>
    [
        .. new ReadRoutes(status, tables).All, .. new CommandRoutes(controlPlane.Commands, status, tables, time).All,
        .. new SessionRoutes(controlPlane.Commands.Sessions, tables, memory.Sessions.CookieKeys, time).All,
        .. new ReloadRoutes(reload, controlPlane.Commands).All,
    ];

    /// <summary>
    /// A node that does not know where sessions are, or which backends drain, would send requests where they must not go: until it does, or
    /// cannot know, clients are to try another one (decision 0014).
    /// </summary>
    private static async Task OpenAsync(
        ClusterLbConfig config, NodeMemory memory, NodeState node, DataPlaneHost dataPlane, ProcessSignals signals, ILogger logger,
        TimeProvider time)
    {
        var isSticky = config.Pools.Any(pool => pool.Sticky.By != StickyBy.None);
        while (!node.IsInformed && (isSticky || !memory.Admin.IsKnown) && !signals.First.IsCompleted) await Task.Delay(s_look, time);
        if (signals.First.IsCompleted) return;
        if (!memory.Admin.IsKnown || (isSticky && !memory.IsInformed)) logger.OpensUninformed(node.Uptime.TotalSeconds);
        await dataPlane.OpenAsync();
        // Read before a reload can change what listens.
        var endPoints = dataPlane.EndPoints;
        node.Serve();
        Supervisor.Tell(Supervisor.Ready);
        Announce(logger, config, dataPlane, endPoints);
    }

    /// <summary>
    /// Not ready, but accepting until those who send clients here have noticed; then
    /// no new ones, and time for the last to finish. A second signal ends it at once.
    /// </summary>
    private static async Task DrainAsync(NodeConfig config, DataPlaneHost dataPlane, ProcessSignals signals, ILogger logger,
        TimeProvider time)
    {
        Supervisor.Tell(Supervisor.StoppingFor(config.DrainDelay + config.DrainTimeout));
        var delay = signals.Hurry.IsCompleted ? TimeSpan.Zero : config.DrainDelay;
        logger.NodeDrains(config.Name, DurationText.Of(delay), DurationText.Of(config.DrainTimeout));
        dataPlane.BeginDrain();
        await Task.WhenAny(Task.Delay(config.DrainDelay, time), signals.Hurry, signals.Second);
        var cutOff = await dataPlane.StopAcceptingAsync(config.DrainTimeout, signals.Second, time);
        logger.NodeLeft(config.Name, cutOff);
    }

    private static void Announce(
        ILogger logger, ClusterLbConfig config, DataPlaneHost dataPlane, IReadOnlyDictionary<string, IPEndPoint> endPoints)
    {
        if (config.Cluster.Seeds.Count > 0 && !config.Cluster.Tls.IsOn && !ClusterAddress.IsLoopback(config.Node.Host))
            logger.NoClusterTls(config.Node.Host);
        foreach (var listener in config.Listeners)
        {
            logger.ListenerServes(listener.Name, listener.Protocol.ToString().ToLowerInvariant(),
                endPoints[listener.Name].ToString());
        }

        var wanted = config.Listeners.Sum(listener => (long)listener.MaxConnections);
        if (wanted > dataPlane.MostClients) logger.FewDescriptors(dataPlane.MostClients, wanted);
        if (config.Node.HealthBind is { } health) logger.HealthServes(health.ToString());
        logger.NodeServes(config.Node.Name, config.Node.EventLoops, config.Node.Admin.Bind.ToString());
    }

    private static byte[]? ReadSecret(ClusterConfig config, out string problem)
    {
        problem = "";
        try
        {
            return ClusterSecrets.Load(config);
        }
        catch (ClusterSecretException failure)
        {
            problem = $"cluster.secret-file {failure.Message}";
            return null;
        }
    }

    /// <summary>Says why there is no node, unless nobody takes the line: whoever started it still learns it from the exit code.</summary>
    private static async Task<int> RefuseAsync(string problem, TextWriter errors, TimeProvider time)
    {
        await Task.WhenAny(Task.Run(() => errors.WriteLine(problem)), Task.Delay(s_complaint, time));
        return ExitCode.No;
    }

    /// <summary>The node's own log goes to standard error, which is somebody else's to rename.</summary>
    private static async void ReopenAsync(AccessLogOutput log, ILogger logger)
    {
        if (log.Path is not { Length: > 0 } path)
        {
            logger.NoLogFile();
            return;
        }

        var problem = await log.ReopenAsync();
        if (problem.Length == 0) logger.AccessLogReopened(path);
        else logger.AccessLogKept(path, problem);
    }

    private static AccessLogOutput? OpenAccessLog(AccessLogConfig config, out string problem)
    {
        problem = "";
        try
        {
            return new AccessLogOutput(config);
        }
        catch (AccessLogException failure)
        {
            problem = failure.Message;
            return null;
        }
    }
}
