using Akka.Actor;
using Akka.Cluster;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Membership;

public sealed class BootstrapActorTests : ClusterOfOne
{
    private readonly EquatableList<SeedConfig> _someSeeds = [new SeedConfig(SeedKind.Dns, "lb.internal", 4053)];

    [Fact]
    public async Task Without_seeds_a_node_is_a_cluster_at_once()
    {
        Start([], []);

        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_only_seed_forms_the_cluster_and_says_so_to_who_knocks()
    {
        var bootstrap = Start(_someSeeds, [NodeAddress.Of(Cluster.SelfAddress)]);
        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status), TimeSpan.FromSeconds(10));

        bootstrap.Tell(new Knock(), TestActor);
        Assert.True((await ExpectMsgAsync<Knocked>()).InCluster);
        bootstrap.Tell(new VoteRequest(1), TestActor);
        Assert.Equal(new Vote(1, IsGranted: false), await ExpectMsgAsync<Vote>());
    }

    [Fact]
    public async Task A_seed_among_silent_ones_waits_and_lets_the_first_who_asks_form_it()
    {
        var test = new TestMemory(TimeProvider.System, config => config with { Cluster = config.Cluster with { Seeds = _someSeeds } }, TestMemory.PoolOf(1, Configs.Pool.Health));
        var bootstrap = Start(test, [NodeAddress.Of(Cluster.SelfAddress), new NodeAddress("127.0.0.1", 1), new NodeAddress("127.0.0.1", 2)]);
        await AwaitAssertAsync(() => Assert.StartsWith("1 of 3 seeds are there", test.Memory.BootstrapState, StringComparison.Ordinal), TimeSpan.FromSeconds(10));

        bootstrap.Tell(new VoteRequest(7), TestActor);
        Assert.Equal(new Vote(7, IsGranted: true), await ExpectMsgAsync<Vote>());
        Assert.NotEqual(MemberStatus.Up, Cluster.SelfMember.Status);
    }

    private IActorRef Start(EquatableList<SeedConfig> seeds, IReadOnlyList<NodeAddress> addresses) =>
        Start(new TestMemory(TimeProvider.System, config => config with { Cluster = config.Cluster with { Seeds = seeds } }, TestMemory.PoolOf(1, Configs.Pool.Health)), addresses);

    private IActorRef Start(TestMemory test, IReadOnlyList<NodeAddress> addresses) =>
        Sys.ActorOf(Props.Create(() => new BootstrapActor(test.Memory, new Resolver(addresses))), BootstrapActor.Name);

    private sealed class Resolver(IReadOnlyList<NodeAddress> addresses) : ISeedResolver
    {
        public Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds) => Task.FromResult(addresses);
    }
}
