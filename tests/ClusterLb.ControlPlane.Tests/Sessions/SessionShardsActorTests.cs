using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tests.Membership;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionShardsActorTests : ClusterOfOne
{
    [Fact]
    public async Task Every_shard_is_asked_for_when_the_node_has_joined_and_there_is_a_coordinator()
    {
        var shards = Sys.ActorOf(Props.Create(() => new SessionShardsActor(TestActor)));
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        await JoinAsync();
        await ExpectMsgAsync<GetCurrentRegions>();
        shards.Tell(new CurrentRegions([((ExtendedActorSystem)Sys).Provider.DefaultAddress]));

        var asked = new HashSet<string?>();
        // On a busy machine the region was asked for its coordinator once more meanwhile.
        for (var i = 0; i < SessionExtractor.Shards; i++)
            asked.Add(new SessionExtractor().ShardId(await FishForMessageAsync<FindSession>(_ => true)));
        Assert.Equal(SessionExtractor.Shards, asked.Count);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task No_shard_is_asked_for_while_no_coordinator_is_known()
    {
        var shards = Sys.ActorOf(Props.Create(() => new SessionShardsActor(TestActor)));
        await JoinAsync();

        for (var i = 0; i < 5; i++)
        {
            await ExpectMsgAsync<GetCurrentRegions>();
            if (i % 2 == 0) shards.Tell(new CurrentRegions(ImmutableHashSet<Address>.Empty));
        }
    }
}
