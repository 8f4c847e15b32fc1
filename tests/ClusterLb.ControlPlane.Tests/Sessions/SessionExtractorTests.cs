using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionExtractorTests
{
    private readonly SessionExtractor _extractor = new();

    [Fact]
    public void A_session_is_in_one_shard_whatever_is_said_of_it()
    {
        var session = new SessionKey(0xFC00_0000_0000_0001);

        Assert.Equal("63", _extractor.ShardId(new FindSession(session)));
        Assert.Equal("63", _extractor.ShardId(new ClaimSession(session, 1, 1)));
        Assert.Equal("fc00000000000001", _extractor.EntityId(new EvictSession(session, null)));
        Assert.Equal("63", _extractor.ShardId("fc00000000000001"));
        Assert.Equal("0", _extractor.ShardId(new FindSession(new SessionKey(1))));
    }

    [Fact]
    public void What_is_addressed_to_no_session_is_in_none()
    {
        Assert.Null(_extractor.EntityId("text"));
        Assert.Null(_extractor.ShardId("text" as object));
        Assert.Null(_extractor.EntityMessage("text"));
    }

    [Fact]
    public void There_is_a_probe_for_every_shard_and_shards_are_equally_full()
    {
        Assert.Equal(64, Enumerable.Range(0, SessionExtractor.Shards)
            .Select(shard => _extractor.ShardId(new FindSession(SessionExtractor.Probe(shard)))).Distinct().Count());

        var counts = Enumerable.Range(0, 64_000)
            .GroupBy(i => _extractor.ShardId(new FindSession(SessionKey.Of(1, BitConverter.GetBytes(i))))).Select(shard => shard.Count())
            .ToList();
        Assert.Equal(64, counts.Count);
        Assert.All(counts, count => Assert.InRange(count, 800, 1_200));
    }
}
