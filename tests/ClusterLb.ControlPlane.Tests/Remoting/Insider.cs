using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterLb.ControlPlane.Tests.Remoting;

/// <summary>An ActorSystem that nodes let in, and that says whatever Akka can say: it has none of our guards.</summary>
internal sealed class Insider : IAsyncDisposable
{
    private readonly ActorSystem _system;

    /// <param name="secret">What it proves itself with.</param>
    /// <param name="time">Null = the system's.</param>
    public Insider(byte[] secret, TimeProvider? time = null)
    {
        var config = Configs.Of(Configs.Listener, Configs.Pool);
        config = config with
        {
            Node = config.Node with { ClusterPort = Port },
            Cluster = config.Cluster with { Seeds = [new Core.Configuration.SeedConfig(Core.Configuration.SeedKind.Node, "127.0.0.1", 1)] },
        };
        var akka = ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF, stdout-loglevel = OFF
              actor.provider = remote
              remote {
                enabled-transports = [akka.remote.cluster-port]
                retry-gate-closed-for = 100ms
                cluster-port { transport-class = "{{ClusterTransport.Name}}", applied-adapters = [trttl],
                    maximum-frame-size = 1MiB, send-buffer-size = 2MiB }
              }
            }
            """);
        var port = new ClusterPortSetup(new ClusterPortParts(config, secret, Counts,
            new ClusterPortNotices(NullLogger.Instance, TimeProvider.System), time ?? TimeProvider.System));
        _system = ActorSystem.Create("clusterlb", BootstrapSetup.Create().WithConfig(akka).And(port));
    }

    public ActorSystem System => _system;

    public ClusterPortCounts Counts { get; } = new();

    public int Port { get; } = FreePorts.Next();

    /// <summary>An actor of a node, spoken to directly.</summary>
    public IActorRef At(TestClusterNode node, string path) =>
        ((IRemoteActorRefProvider)((ExtendedActorSystem)_system).Provider).ResolveActorRef(AddressOf(node, path));

    /// <summary>The same, with what is said wrapped in another message.</summary>
    public ActorSelection SelectionAt(TestClusterNode node, string path) => _system.ActorSelection(AddressOf(node, path));

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private static string AddressOf(TestClusterNode node, string path) =>
        new RootActorPath(Cluster.Get(node.Host.System!).SelfAddress) + path;
}
