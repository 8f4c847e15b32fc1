using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.Remote.Transport;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterLb.ControlPlane.Tests.Membership;

/// <summary>
/// Several whole control planes in one process, over real remoting, with the network between them and the way to backends in the test's
/// hand.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>Everything faster than any profile, and a network that can be cut.</summary>
    private const string Settings = """
        akka.remote.cluster-port.applied-adapters = [trttl]
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.cluster {
          gossip-interval = 100ms, leader-actions-interval = 100ms, unreachable-nodes-reaper-interval = 200ms
          failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s }
          down-removal-margin = 300ms
          split-brain-resolver { stable-after = 1s, down-all-when-unstable = 15s }
        }
        """;

    private static readonly HealthConfig s_health = Configs.Pool.Health with
    {
        Probe = Configs.TcpProbe,
        Interval = TimeSpan.FromMilliseconds(300),
        FastInterval = TimeSpan.FromMilliseconds(100),
        Timeout = TimeSpan.FromMilliseconds(300),
    };

    /// <summary>Of all clusters of tests.</summary>
    public static byte[] Secret { get; } = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private TestCluster(IReadOnlyList<TestClusterNode> nodes) => Nodes = nodes;

    public IReadOnlyList<TestClusterNode> Nodes { get; }

    /// <summary>Nodes that are not started yet; each lists all as seeds.</summary>
    public static TestCluster Of(int nodes, int backends = 3) => Of(nodes, backends, new TestSessions());

    /// <summary>Nodes that are not started yet; each lists all as seeds.</summary>
    public static TestCluster Of(int nodes, int backends, TestSessions sessions)
    {
        var ports = Enumerable.Range(0, nodes).Select(_ => FreePorts.Next()).ToList();
        var seeds = ports.Select(port => new SeedConfig(SeedKind.Node, "127.0.0.1", port)).ToEquatableList();
        return new TestCluster([.. ports.Select((port, i) => new TestClusterNode($"lb{i + 1}", port, seeds, backends, s_health, Settings,
            sessions))]);
    }

    /// <summary>Started at once, and one cluster whose monitor every node hears.</summary>
    public static Task<TestCluster> StartAsync(int nodes, int backends = 3) => StartAsync(Of(nodes, backends));

    public static async Task<TestCluster> StartAsync(TestCluster cluster)
    {
        try
        {
            foreach (var node in cluster.Nodes) node.Start();
            await cluster.WholeAsync();
            return cluster;
        }
        catch
        {
            await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
            throw;
        }
    }

    /// <summary>Waits until all of these see each other, and everybody's verdicts are there.</summary>
    public async Task WholeAsync(params TestClusterNode[] nodes)
    {
        var all = nodes.Length > 0 ? nodes : [.. Nodes];
        await Patience.Until(() => all.All(node => node.UpMembers == all.Length && IsReady(node)));
        await Patience.Until(() => all.Count(node => node.View.Nodes[0].IsMonitor) == 1);
    }

    /// <summary>No message passes between the two sides, either way.</summary>
    public static Task CutAsync(IEnumerable<TestClusterNode> side, IEnumerable<TestClusterNode> other) =>
        ThrottleAsync(side, other, Blackhole.Instance, ThrottleTransportAdapter.Direction.Both);

    /// <summary>What one side sends to the other is lost.</summary>
    public static Task CutOneWayAsync(IEnumerable<TestClusterNode> from, IEnumerable<TestClusterNode> to) =>
        ThrottleAsync(from, to, Blackhole.Instance, ThrottleTransportAdapter.Direction.Send);

    public Task HealAsync() => ThrottleAsync(Nodes, Nodes, Unthrottled.Instance, ThrottleTransportAdapter.Direction.Both);

    /// <summary>Nobody is left to say goodbye to.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.KillAsync()));
        // Whatever nodes did to each other in a test, they understood each other.
        Assert.All(Nodes, node => Assert.Equal(
            (0, 0), (node.Host.ClusterPort.RefusedSerializers - node.Expected.Serializers,
                node.Host.ClusterPort.RefusedManifests - node.Expected.Kinds)));
    }

    private static bool IsReady(TestClusterNode node) =>
        node.Memory.IsInformed && !node.Memory.Health.IsStale
            && node.Pool.Members.All(backend => backend.Effective != EffectiveState.Unknown);

    private static async Task ThrottleAsync(IEnumerable<TestClusterNode> side, IEnumerable<TestClusterNode> other, ThrottleMode mode,
        ThrottleTransportAdapter.Direction direction)
    {
        var pairs = side.SelectMany(one => other.Select(two => (one, two))).Where(pair => pair.one != pair.two);
        foreach (var (one, two) in pairs)
        {
            await one.ThrottleAsync(two.Port, mode, direction);
            if (direction == ThrottleTransportAdapter.Direction.Both) await two.ThrottleAsync(one.Port, mode, direction);
        }
    }
}

/// <summary>One control plane with what it believes.</summary>
internal sealed class TestClusterNode : IAsyncDisposable
{
    private readonly ControlPlaneHost _host;
    private readonly SessionDirectory _sessions;
    private bool _isGone;

    public TestClusterNode(string name, int port, EquatableList<SeedConfig> seeds, int backends, HealthConfig health, string settings,
        TestSessions sessions)
    {
        (Name, Port) = (name, port);
        var pool = TestMemory.PoolOf(backends, health) with { Sticky = Configs.Sticky with { By = sessions.By, Name = "X-User" } };
        Test = new TestMemory(TimeProvider.System, config => config with
        {
            Node = config.Node with { Name = name, ClusterPort = port },
            Cluster = config.Cluster with { Seeds = seeds },
            Sticky = sessions.Config,
        }, pool);
        Memory = Test.Memory;
        _sessions = new SessionDirectory(Memory.SessionDependencies(sessions.Store));
        var ports = new ControlPlanePorts(Paths, Cutter, Process, new LiteralSeeds(), _sessions,
            Test.Owner, Test.Discovery)
        { Secret = TestCluster.Secret };
        _host = new ControlPlaneHost(Memory, ports, new RunningSystem(), NullLoggerFactory.Instance, TimeProvider.System)
        {
            Overrides = sessions.Overrides + "\n" + settings,
        };
    }

    public string Name { get; }

    public int Port { get; }

    public NodeMemory Memory { get; }

    public TestMemory Test { get; }

    public TestNode Process { get; } = new();

    /// <summary>Messages that a test sends to be refused.</summary>
    public (long Serializers, long Kinds) Expected { get; set; }

    public FakePaths Paths { get; } = new();

    public FakeCutter Cutter { get; } = new();

    public Pool Pool => Memory.Tables.Current.Pools[0];

    public ControlPlaneHost Host => _host;

    public ClusterCommands Commands => _host.Commands;

    public ISessionDirectory Sessions => _sessions;

    public BindingTable Bindings => Memory.Sessions.Bindings;

    public ClusterView View => Commands.Read();

    public int Restarts => _host.Restarts;

    public int UpMembers => View.Nodes.Count(node => node.Status == "up" && node.IsReachable);

    public EffectiveState StateOf(string backend) => Pool.Find(backend)!.Effective;

    public void Start() => _host.Start();

    public Task<BackendAnswer> AskAsync(BackendCommand command) => Commands.AskAsync(command, TimeSpan.FromSeconds(30));

    /// <summary>Its actors end without a word to anybody, and others take their place.</summary>
    public Task CrashAsync() => _host.TerminateAsync();

    /// <summary>Ends without a word to anybody, for good.</summary>
    public async Task KillAsync()
    {
        await _host.TerminateAsync();
        await LeaveAsync();
    }

    /// <summary>Leaves as an operator's SIGTERM would have it.</summary>
    public ValueTask LeaveAsync() => DisposeAsync();

    public async Task ThrottleAsync(int peer, ThrottleMode mode, ThrottleTransportAdapter.Direction direction)
    {
        if (_host.System is not { } system) return;
        var transport = ((IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;
        var address = Cluster.Get(system).SelfAddress.WithPort(peer);
        try
        {
            await transport.ManagementCommand(new SetThrottle(address, direction, mode));
        }
        catch (Exception failure) when (failure is RemoteTransportException or AskTimeoutException)
        {
            // It is on its way down; the next one begins with an open network.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isGone) return;
        _isGone = true;
        await _host.DisposeAsync();
    }

    private sealed class LiteralSeeds : ISeedResolver
    {
        public Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds) =>
            Task.FromResult<IReadOnlyList<NodeAddress>>([.. seeds.Select(seed => new NodeAddress(seed.Host, seed.Port))]);
    }
}

/// <summary>
/// What the nodes of a test know of sessions. Budgets are long, since a busy machine is no fault, but in tests of what happens when they
/// are over.
/// </summary>
internal sealed record TestSessions
{
    public SessionsConfig Config { get; init; } = Configs.Sessions with
    {
        LookupTimeout = TimeSpan.FromSeconds(10),
        LearnTimeout = TimeSpan.FromSeconds(1),
        MoveTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>How the pool knows its clients.</summary>
    public StickyBy By { get; init; } = StickyBy.None;

    /// <summary>Shared by all nodes; null = none.</summary>
    public IBindingStore? Store { get; init; }

    /// <summary>Akka settings laid over all others.</summary>
    public string Overrides { get; init; } = "";
}

/// <summary>The way from one node to backends; TCP checks go by it.</summary>
internal sealed class FakePaths : IProbeTransport
{
    private readonly ConcurrentDictionary<int, ProbeEnd> _broken = new();

    /// <summary>How many checks went out.</summary>
    public int Asked;

    public void Break(ProbeEnd how, params Backend[] backends)
    {
        foreach (var backend in backends) _broken[backend.EndPoint.Port] = how;
    }

    public void Mend() => _broken.Clear();

    public async Task<ProbeReply> AskAsync(IPEndPoint endPoint, IProbeTalk? talk, TimeSpan timeout)
    {
        Interlocked.Increment(ref Asked);
        var end = _broken.GetValueOrDefault(endPoint.Port, ProbeEnd.Answered);
        if (end == ProbeEnd.TimedOut) await Task.Delay(timeout);
        return new ProbeReply(end);
    }
}

/// <summary>Says how many connections it would have closed.</summary>
internal sealed class FakeCutter : IWorkCutter
{
    public ConcurrentQueue<string> Cut { get; } = new();

    public Task<int> CutAsync(Backend backend)
    {
        Cut.Enqueue(backend.Id);
        return Task.FromResult(backend.Load.InFlight);
    }
}

/// <summary>Longer than <see cref="Eventually"/>: clusters take seconds.</summary>
internal static class Patience
{
    public static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    public static async Task Until(Func<Task<bool>> condition)
    {
        for (var began = Stopwatch.GetTimestamp(); !await condition();)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(2)) throw new TimeoutException("it never became true");
            await Task.Delay(10);
        }
    }
}
