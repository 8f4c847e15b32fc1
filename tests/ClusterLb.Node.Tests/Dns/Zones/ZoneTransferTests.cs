using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Tests.Dns.Messages;

namespace ClusterLb.Node.Tests.Dns.Zones;

public class ZoneTransferTests
{
    [Fact]
    public void It_has_everything_between_two_SOA_records()
    {
        var zone = SampleZone.Of(SampleZone.Serving("lb1", "192.0.2.1", "2001:db8::1"), SampleZone.Away("lb2", "192.0.2.2"));

        var records = Assert.Single(Transfer(zone)).Answers;

        Assert.Equal(records[0], records[^1]);
        Assert.StartsWith($"{SampleZone.Name} SOA", records[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                $"{SampleZone.Name} NS 60 lb1.{SampleZone.Name}", $"{SampleZone.Name} NS 60 lb2.{SampleZone.Name}",
                $"{SampleZone.Name} A 2 192.0.2.1", $"{SampleZone.Name} AAAA 2 2001:db8::1",
                $"lb1.{SampleZone.Name} A 2 192.0.2.1", $"lb1.{SampleZone.Name} AAAA 2 2001:db8::1", $"lb2.{SampleZone.Name} A 2 192.0.2.2",
            ],
            records.Skip(1).SkipLast(1));
    }

    [Fact]
    public void A_large_zone_takes_several_messages_and_loses_nothing()
    {
        var nodes = Enumerable.Range(0, 1_000).Select(i => SampleZone.Serving($"node-{i:000}", $"10.0.{i / 250}.{i % 250}")).ToArray();

        var messages = Transfer(SampleZone.Of(nodes));

        Assert.True(messages.Count > 1);
        var all = messages.SelectMany(message => message.Answers).ToList();
        Assert.Equal((2, 1_000, 2_000), (all.Count(record => record.Contains(" SOA ", StringComparison.Ordinal)),
            all.Count(record => record.Contains(" NS ", StringComparison.Ordinal)),
            all.Count(record => record.Contains(" A ", StringComparison.Ordinal))));
        Assert.All(messages, message => Assert.False(message.IsTruncated));
    }

    private static List<Answered> Transfer(Zone zone)
    {
        var message = QueryBytes.Of(SampleZone.Name, RecordType.AXFR);
        Assert.Equal(Reading.Query, QueryReader.Read(message, out var query));
        return [.. ZoneTransfer.Write(zone, query, message).Select(one => Answered.Read(one))];
    }
}
