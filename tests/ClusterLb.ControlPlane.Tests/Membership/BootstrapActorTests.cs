using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
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
        var test = MemoryOf([]);
        Start(test, []);

        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status));
        Assert.True(test.Memory.Members.HasLookedAround);
    }

    [Fact]
    public async Task The_only_seed_forms_the_cluster_and_says_so_to_who_knocks()
    {
        var bootstrap = Start(MemoryOf(_someSeeds), [NodeAddress.Of(Cluster.SelfAddress)]);
        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status));

        bootstrap.Tell(new Knock(0), TestActor);
        Assert.True((await ExpectMsgAsync<Knocked>()).InCluster);
        bootstrap.Tell(new VoteRequest(1), TestActor);
        Assert.Equal(new Vote(1, IsGranted: false), await ExpectMsgAsync<Vote>());
    }

    [Fact]
    public async Task Who_knocks_or_answers_is_met()
    {
        var test = MemoryOf(_someSeeds);
        var bootstrap = Start(test, [NodeAddress.Of(Cluster.SelfAddress)]);

        bootstrap.Tell(new Knock(7), TestActor);

        Assert.Equal(Cluster.SelfUniqueAddress.Uid, (await ExpectMsgAsync<Knocked>()).Uid);
        Assert.Equal(7, Assert.Single(test.Memory.Members.Met.Fresh(test.Memory.Clock.NowMilliseconds)).Uid);
        bootstrap.Tell(new Knocked(InCluster: true, 8), TestActor);
        await AwaitAssertAsync(() => Assert.Equal(8, Assert.Single(test.Memory.Members.Met.Fresh(test.Memory.Clock.NowMilliseconds)).Uid));
    }

    [Fact]
    public async Task A_node_has_looked_around_when_every_seed_has_answered_or_been_silent_for_long()
    {
        var other = StartOther();
        other.ActorOf(dsl => dsl.Receive<Knock>((_, context) => context.Sender.Tell(new Knocked(InCluster: false, 3))),
            BootstrapActor.Name);
        var dead = new NodeAddress("127.0.0.1", 1);
        IReadOnlyList<NodeAddress> seeds = [NodeAddress.Of(Cluster.SelfAddress), NodeAddress.Of(Cluster.Get(other).SelfAddress), dead];
        var resolver = new Resolver(() => Task.FromResult<IReadOnlyList<NodeAddress>>([]), () => Task.FromResult(seeds));
        var test = new TestMemory(null, config => config with { Cluster = config.Cluster with { Seeds = _someSeeds } },
            TestMemory.PoolOf(1, Configs.Pool.Health));
        Start(Sys, test, resolver);
        await RoundsAsync(resolver, 5);
        await AwaitConditionAsync(() =>
            Task.FromResult(test.Memory.Members.Met.Fresh(test.Memory.Clock.NowMilliseconds).Any(node => node.Uid == 3)));
        Assert.False(test.Memory.Members.HasLookedAround);

        test.Time.Advance(TimeSpan.FromSeconds(4));

        await AwaitConditionAsync(() => Task.FromResult(test.Memory.Members.HasLookedAround));
        await other.Terminate();
    }

    [Fact]
    public async Task A_seed_among_silent_ones_waits_and_lets_the_first_who_asks_form_it()
    {
        var test = MemoryOf(_someSeeds);
        var bootstrap = Start(test,
            [NodeAddress.Of(Cluster.SelfAddress), new NodeAddress("127.0.0.1", 1), new NodeAddress("127.0.0.1", 2)]);
        await AwaitAssertAsync(() => Assert.StartsWith("1 of 3 seeds are there", test.Memory.Members.BootstrapState,
            StringComparison.Ordinal));

        bootstrap.Tell(new VoteRequest(7), TestActor);
        Assert.Equal(new Vote(7, IsGranted: true), await ExpectMsgAsync<Vote>());
        Assert.NotEqual(MemberStatus.Up, Cluster.SelfMember.Status);
    }

    [Fact]
    public async Task A_founder_nobody_joins_lets_go_in_time_however_long_names_take_to_resolve()
    {
        var other = StartOther();
        IReadOnlyList<NodeAddress> seeds = [NodeAddress.Of(Cluster.SelfAddress), NodeAddress.Of(Cluster.Get(other).SelfAddress),
            new NodeAddress("127.0.0.1", 1)];
        var never = new TaskCompletionSource<IReadOnlyList<NodeAddress>>().Task;
        Start(other, MemoryOf(_someSeeds), new Resolver(() => never));
        var test = MemoryOf(_someSeeds);
        Start(Sys, test, new Resolver(() => test.Memory.Members.BootstrapState.StartsWith("forms a new cluster", StringComparison.Ordinal)
            ? never : Task.FromResult(seeds)));
        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status), TimeSpan.FromSeconds(30));

        await Sys.WhenTerminated.WaitAsync(TimeSpan.FromMilliseconds(3 * Election.HoldMilliseconds));

        Assert.Contains(test.Memory.Members.Events.Read(),
            entry => entry.Text.StartsWith("gives its cluster up, which holds 1 of 3 seeds", StringComparison.Ordinal));
        await other.Terminate();
    }

    [Fact]
    public async Task Who_is_taken_for_dead_on_its_way_in_begins_anew()
    {
        var dead = new NodeAddress("127.0.0.1", 1);
        var test = MemoryOf(_someSeeds);
        Start(test, [NodeAddress.Of(Cluster.SelfAddress), dead]);
        await AwaitConditionAsync(() => Task.FromResult(test.Memory.Members.BootstrapState.Length > 0));

        Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(Cluster.SelfAddress, Cluster.SelfAddress.WithPort(1)));

        await Sys.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains(test.Memory.Members.Events.Read(), entry => entry.Text == "begins anew, since 127.0.0.1:1 has taken it for dead");
    }

    [Fact]
    public async Task A_member_of_most_seeds_does_not_heed_who_takes_it_for_dead()
    {
        var test = MemoryOf(_someSeeds);
        Start(test, [NodeAddress.Of(Cluster.SelfAddress)]);
        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status));

        Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(Cluster.SelfAddress, Cluster.SelfAddress.WithPort(1)));

        Sys.ActorSelection("/user/" + BootstrapActor.Name).Tell(new Knock(0), TestActor);
        Assert.True((await ExpectMsgAsync<Knocked>()).InCluster);
        Assert.False(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Seeds_that_could_not_be_looked_up_are_looked_up_again()
    {
        var self = NodeAddress.Of(Cluster.SelfAddress);

        Start(Sys, MemoryOf(_someSeeds),
            new Resolver(() => throw new InvalidOperationException("no name server"),
            () => Task.FromResult<IReadOnlyList<NodeAddress>>([self])));

        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, Cluster.SelfMember.Status));
    }

    [Fact]
    public async Task A_seed_that_has_been_silent_for_long_is_knocked_at_seldom_until_it_knocks_itself()
    {
        var other = StartOther();
        var knocks = new ConcurrentQueue<IActorRef>();
        var silent = other.ActorOf(dsl => dsl.Receive<Knock>((_, context) => knocks.Enqueue(context.Sender)), BootstrapActor.Name);
        IReadOnlyList<NodeAddress> seeds = [NodeAddress.Of(Cluster.SelfAddress), NodeAddress.Of(Cluster.Get(other).SelfAddress),
            new NodeAddress("127.0.0.1", 1)];
        var resolver = new Resolver(() => Task.FromResult(seeds));
        var test = new TestMemory(null, config => config with { Cluster = config.Cluster with { Seeds = _someSeeds } },
            TestMemory.PoolOf(1, Configs.Pool.Health));
        Start(Sys, test, resolver);
        await AwaitConditionAsync(() => Task.FromResult(knocks.Count >= 2));

        test.Time.Advance(TimeSpan.FromMilliseconds(SeedSilence.PatienceMilliseconds));
        await RoundsAsync(resolver, 3);
        var before = knocks.Count;
        await RoundsAsync(resolver, 5);
        Assert.Equal(before, knocks.Count);

        knocks.Last().Tell(new Knock(7), silent);
        await AwaitConditionAsync(() => Task.FromResult(knocks.Count >= before + 2));
        await other.Terminate();
    }

    /// <summary>"localhost" comes after "127.0.0.1": of the two, the one of the test stands for election.</summary>
    private ActorSystem StartOther() =>
        ActorSystem.Create(Sys.Name, ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.public-hostname = localhost")
            .WithFallback(Sys.Settings.Config));

    private Task RoundsAsync(Resolver resolver, int rounds)
    {
        var until = resolver.Asked + rounds;
        return AwaitConditionAsync(() => Task.FromResult(resolver.Asked >= until));
    }

    private IActorRef Start(TestMemory test, IReadOnlyList<NodeAddress> addresses) =>
        Start(Sys, test, new Resolver(() => Task.FromResult(addresses)));

    private static IActorRef Start(ActorSystem system, TestMemory test, ISeedResolver resolver) =>
        system.ActorOf(Props.Create(() => new BootstrapActor(test.Memory.Members, test.Memory.Clock, test.Memory.Config.Cluster.Seeds,
            resolver)), BootstrapActor.Name);

    private static TestMemory MemoryOf(EquatableList<SeedConfig> seeds) =>
        new(TimeProvider.System, config => config with { Cluster = config.Cluster with { Seeds = seeds } },
            TestMemory.PoolOf(1, Configs.Pool.Health));

    /// <summary>Gives one answer after the other; the last again and again.</summary>
    private sealed class Resolver(params Func<Task<IReadOnlyList<NodeAddress>>>[] answers) : ISeedResolver
    {
        public int Asked;

        public async Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds) =>
            await answers[Math.Min(Asked++, answers.Length - 1)]();
    }
}
