using Akka.Actor;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tests.Membership;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionShardsActorTests : ClusterOfOne
{
    [Fact]
    public async Task Every_shard_is_asked_for_when_the_node_has_joined()
    {
        Sys.ActorOf(Props.Create(() => new SessionShardsActor(TestActor)));
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        await JoinAsync();

        var asked = new HashSet<string?>();
        for (var i = 0; i < SessionExtractor.Shards; i++) asked.Add(new SessionExtractor().ShardId(await ExpectMsgAsync<FindSession>()));
        Assert.Equal(SessionExtractor.Shards, asked.Count);
    }
}
