using System.Reflection;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Routing;
using Akka.Serialization;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Tests.Membership;

namespace ClusterLb.ControlPlane.Tests.Remoting;

/// <summary>
/// Whatever a node is sent over a real connection by somebody who has the secret, it reads what nodes say to each other, and nothing else.
/// </summary>
public sealed class InboundSerializersTests
{
    private const string Agent = "user/" + NodeAgentActor.Name;

    [Fact]
    public async Task Every_serializer_of_a_running_node_is_on_the_list_or_refused()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var byId = SerializersOf(cluster.Nodes[0].Host.System!);

        Assert.All(byId, one => Assert.True(
            one.Value is RefusedSerializer or GuardedSerializer or ClusterSerializer || InboundSerializers.Whole.Contains(one.Key),
                $"{one.Key} {one.Value} is neither: InboundSerializers has to know it"));
        Assert.All(InboundSerializers.Guarded, id => Assert.IsType<GuardedSerializer>(byId[id]));
        Assert.All([-5, 1, 2, 3, 4, 7, 8, 9, 15, 36], id => Assert.IsType<RefusedSerializer>(byId[id]));
    }

    [Fact]
    public async Task Nothing_that_Akka_registers_by_default_is_unknown_to_the_list()
    {
        var all = ConfigurationFactory.ParseString("akka { stdout-loglevel = OFF, loglevel = OFF, actor.provider = cluster, "
            + "remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }")
            .WithFallback(ClusterSharding.DefaultConfig()).WithFallback(ClusterSingleton.DefaultConfig())
                .WithFallback(DistributedPubSub.DefaultConfig())
            .WithFallback(ClusterClientReceptionist.DefaultConfig()).WithFallback(DistributedData.DefaultConfig());
        var system = ActorSystem.Create("bare", all);
        int[] refused = [1, 2, 3, 4, 9, 15, 36];
        try
        {
            Assert.Equal([.. InboundSerializers.Whole.Concat(InboundSerializers.Guarded).Concat(refused).Order()],
                SerializersOf(system).Keys.Order());
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task What_no_node_says_is_not_read_and_costs_neither_the_connection_nor_the_node()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        await using var insider = new Insider(TestCluster.Secret);

        // By its name, directly: JSON that names a type, and a bare array.
        insider.At(node, Agent).Tell(new Gadget());
        await UntilRefused(node, 1, 0);
        insider.At(node, Agent).Tell(new byte[] { 1 });
        await UntilRefused(node, 2, 0);

        // Within another message: of selections, of replicated data, of shards.
        insider.SelectionAt(node, Agent).Tell(new Gadget());
        await UntilRefused(node, 3, 0);
        insider.At(node, Agent).Tell(new Identify(new Gadget()));
        await UntilRefused(node, 4, 0);
        insider.At(node, Agent).Tell(new ShardingEnvelope("a", new Gadget()));
        await UntilRefused(node, 5, 0);
        insider.At(node, Agent).Tell(
            new LWWRegister<object>(new Akka.Cluster.UniqueAddress(Address.Parse("akka.tcp://clusterlb@127.0.0.1:1"), 1), new Gadget()));
        await UntilRefused(node, 6, 0);
        insider.SelectionAt(node, Agent).Tell(new ActorSelectionMessage(new Gadget(), []));
        await UntilRefused(node, 7, 0);

        // In a serialization that is read, but of a kind that nodes do not send: ends, failures with their exceptions, configurations,
        // routers.
        foreach (var (message, i) in new object[]
        {
            PoisonPill.Instance, Kill.Instance, new Status.Failure(new InvalidOperationException("by type")), new Status.Success("x"),
                ConfigurationFactory.ParseString("a = 1"), new RoundRobinPool(9), FromConfig.Instance,
        }.Select((message, i) => (message, i)))
        {
            (i % 2 == 0 ? (ICanTell)insider.At(node, Agent) : insider.SelectionAt(node, Agent)).Tell(message, ActorRefs.NoSender);
            await UntilRefused(node, 7, i + 1);
        }

        // The connection is the same, and what nodes do say is answered on it.
        Assert.Equal(1, node.Host.ClusterPort.Accepted);
        Assert.IsType<Knocked>(await KnockAsync(insider, node));
        Assert.Equal(0, node.Restarts);
        node.Expected = (7, 7);
    }

    [Fact]
    public async Task Nobody_deploys_stops_or_ends_an_actor_of_another_node()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        await using var insider = new Insider(TestCluster.Secret);
        Assert.IsType<Knocked>(await KnockAsync(insider, node));

        var there = Address.Parse(insider.At(node, "user").Path.Address.ToString());
        insider.System.ActorOf(Props.Create<Intruder>().WithDeploy(new Deploy(new RemoteScope(there))), "intruder");
        await UntilRefused(node, 1, 0);

        // Commands of the system itself cost the connection, because Akka would have them again and again; not the actor.
        ((IInternalActorRef)insider.At(node, Agent)).Stop();
        await Patience.Until(() => node.Host.ClusterPort.RefusedManifests >= 1);
        await Patience.Until(async () => await KnockAsync(insider, node) is Knocked);

        Assert.Equal(0, Intruder.Born);
        Assert.Equal(0, node.Restarts);
        await cluster.WholeAsync();
        node.Expected = (node.Host.ClusterPort.RefusedSerializers, node.Host.ClusterPort.RefusedManifests);
    }

    [Fact]
    public async Task A_system_without_the_secret_is_let_in_nowhere()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        await using var stranger = new Insider(new byte[32]);

        await Patience.Until(async () =>
        {
            stranger.At(node, Agent).Tell(PoisonPill.Instance);
            stranger.SelectionAt(node, "user/*").Tell(Kill.Instance);
            await Task.Yield();
            return node.Host.ClusterPort.Refused(Refusal.Proof) >= 3;
        });

        Assert.Equal(0, node.Host.ClusterPort.Accepted);
        Assert.Equal(0, node.Restarts);
        await cluster.WholeAsync();
    }

    /// <summary>Knocks as a node does, through the list of what may be said.</summary>
    private static async Task<object> KnockAsync(Insider insider, TestClusterNode node)
    {
        insider.System.Serialization.AddSerializer("clusterlb", new ClusterSerializer((ExtendedActorSystem)insider.System));
        insider.System.Serialization.AddSerializationMap(typeof(IClusterMessage),
            new ClusterSerializer((ExtendedActorSystem)insider.System));
        try
        {
            return await insider.SelectionAt(node, "user/" + BootstrapActor.Name).Ask<object>(new Knock(Uid: 1), TimeSpan.FromSeconds(1));
        }
        catch (AskTimeoutException)
        {
            return "no answer";
        }
    }

    private static Task UntilRefused(TestClusterNode node, long serializers, long kinds) => Patience.Until(() =>
        (node.Host.ClusterPort.RefusedSerializers, node.Host.ClusterPort.RefusedManifests) == (serializers, kinds));

    private static Dictionary<int, Serializer> SerializersOf(ActorSystem system) => (Dictionary<int, Serializer>)typeof(Serialization)
        .GetField("_serializersById", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(system.Serialization)!;

    private sealed class Gadget
    {
        public string Path { get; set; } = "/root";
    }

    private sealed class Intruder : ReceiveActor
    {
        public static int Born;

        public Intruder() => Interlocked.Increment(ref Born);
    }
}
