using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Tests.Dns.Messages;
using DnsMessage = ARSoft.Tools.Net.Dns.DnsMessage;

namespace ClusterLb.Node.Tests.Dns.Zones;

public class ZoneAnswersTests
{
    private static readonly Zone s_zone = SampleZone.Of(
        SampleZone.Serving("lb1", "192.0.2.1", "2001:db8::1"), SampleZone.Serving("lb2", "192.0.2.2"),
        SampleZone.Away("eu.lb3", "192.0.2.3"));

    private static readonly string s_soa =
        $"{SampleZone.Name} SOA 2 eu.lb3.{SampleZone.Name} hostmaster.{SampleZone.Name} 7 5 5 86400 2";

    [Fact]
    public void The_zone_s_name_has_the_addresses_of_nodes_that_serve()
    {
        var v4 = Ask(SampleZone.Name, RecordType.A);
        var v6 = Ask(SampleZone.Name, RecordType.AAAA);

        Assert.Equal(["192.0.2.1", "192.0.2.2"], v4.Data);
        Assert.Equal([$"{SampleZone.Name} AAAA 2 2001:db8::1"], v6.Answers);
        Assert.Equal((0x1234, 0, true, false, true), (v4.Id, v4.Code, v4.IsAuthoritative, v4.OffersRecursion, (v4.Flags & 0x100) != 0));
        Assert.Equal($"{SampleZone.Name} 1 1", v4.Question);
        Assert.False(v4.HasEdns);
    }

    [Fact]
    public void When_none_serves_it_has_all_that_are_known()
    {
        var zone = SampleZone.Of(SampleZone.Away("lb1", "192.0.2.1"), SampleZone.Away("lb2", "192.0.2.2"));

        Assert.Equal(["192.0.2.1", "192.0.2.2"], Ask(zone, SampleZone.Name, RecordType.A).Data);
    }

    [Fact]
    public void A_node_that_is_gone_has_its_own_name_and_nothing_else()
    {
        var gone = SampleZone.Away("lb2", "192.0.2.2") with { IsGone = true };
        var zone = SampleZone.Of(SampleZone.Away("lb1", "192.0.2.1"), gone);

        Assert.Equal(["192.0.2.1"], Ask(zone, SampleZone.Name, RecordType.A).Data);
        Assert.Equal([$"lb1.{SampleZone.Name}"], Ask(zone, SampleZone.Name, RecordType.NS).Data);
        Assert.Equal(["192.0.2.2"], Ask(zone, $"lb2.{SampleZone.Name}", RecordType.A).Data);
    }

    [Fact]
    public void A_node_that_answers_nobody_is_no_name_server()
    {
        var mute = SampleZone.Serving("lb1", "192.0.2.1") with { IsNameServer = false };
        var zone = SampleZone.Of(mute, SampleZone.Serving("lb2", "192.0.2.2"));

        Assert.Equal([$"lb2.{SampleZone.Name}"], Ask(zone, SampleZone.Name, RecordType.NS).Data);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], Ask(zone, SampleZone.Name, RecordType.A).Data);
    }

    [Theory]
    [InlineData("lb1", "192.0.2.1")]
    [InlineData("LB2", "192.0.2.2")]
    [InlineData("eu.lb3", "192.0.2.3")]
    public void Each_node_has_its_own_addresses_under_its_name_whether_it_serves_or_not(string node, string address) =>
        Assert.Equal([$"{node}.{SampleZone.Name} A 2 {address}"], Ask($"{node}.{SampleZone.Name}", RecordType.A).Answers);

    [Fact]
    public void Another_address_is_first_in_each_answer() => Assert.Equal(
        ["1 2 3", "2 3 1", "3 1 2", "1 2 3"],
        Enumerable.Range(0, 4).Select(turn => string.Join(' ',
            Ask(SampleZone.OfMany(3), SampleZone.Name, RecordType.A, turn: (uint)turn).Data.Select(address => address.Split('.')[3]))));

    [Fact]
    public void Of_many_nodes_13_are_in_an_answer_and_each_of_them_gets_its_turn()
    {
        var answers = Enumerable.Range(0, 40)
            .Select(turn => Ask(SampleZone.OfMany(40), SampleZone.Name, RecordType.A, turn: (uint)turn, most: 13)).ToList();

        Assert.All(answers, answer => Assert.Equal((13, false), (answer.Answers.Distinct().Count(), answer.IsTruncated)));
        Assert.Equal(40, answers.SelectMany(answer => answer.Data).Distinct().Count());
        Assert.Single(answers.SelectMany(answer => answer.Data).CountBy(address => address).Select(count => count.Value).Distinct());
    }

    [Fact]
    public void What_finds_no_room_is_asked_for_again_over_TCP()
    {
        var answer = Ask(SampleZone.OfMany(40), SampleZone.Name, RecordType.A, most: 40);

        Assert.True(answer.IsTruncated);
        Assert.Empty(answer.Answers);
        Assert.Equal($"{SampleZone.Name} 1 1", answer.Question);
        Assert.Equal(40, Ask(SampleZone.OfMany(40), SampleZone.Name, RecordType.A, most: 40, room: 65_535).Answers.Count);
    }

    [Fact]
    public void A_name_that_has_nothing_of_the_kind_says_so_with_the_SOA_record()
    {
        foreach (var (name, type) in new[]
        {
            ($"lb2.{SampleZone.Name}", RecordType.AAAA), (SampleZone.Name, (RecordType)15), ($"lb1.{SampleZone.Name}", RecordType.SOA),
            ($"lb1.{SampleZone.Name}", RecordType.NS), ($"lb3.{SampleZone.Name}", RecordType.A), (SampleZone.Name, (RecordType)65),
        })
        {
            var answer = Ask(name, type);
            Assert.Equal((0, 0, true), (answer.Code, answer.Answers.Count, answer.IsAuthoritative));
            Assert.Equal([s_soa], answer.Authorities);
        }
    }

    [Fact]
    public void A_name_that_is_not_there_is_denied_with_the_SOA_record()
    {
        foreach (var name in new[] { "lb9", "x.lb1", "x.eu.lb3", "eu" })
        {
            var answer = Ask($"{name}.{SampleZone.Name}", RecordType.A);
            Assert.Equal((3, 0, true), (answer.Code, answer.Answers.Count, answer.IsAuthoritative));
            Assert.Equal([s_soa], answer.Authorities);
        }
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("xlb.example.org")]
    [InlineData("lb.example.org.evil.test")]
    [InlineData("")]
    [InlineData("org")]
    public void Another_zone_is_refused(string name)
    {
        var answer = Ask(name, RecordType.A);

        Assert.Equal((5, 0, 0, false), (answer.Code, answer.Answers.Count, answer.Authorities.Count, answer.IsAuthoritative));
    }

    [Fact]
    public void Other_classes_and_the_whole_zone_are_refused_and_other_questions_are_not_implemented()
    {
        Assert.Equal(5, Ask(s_zone, "version.bind", (RecordType)16, @class: QueryBytes.Chaos).Code);
        Assert.Equal(5, Ask(s_zone, SampleZone.Name, RecordType.A, @class: QueryBytes.Chaos).Code);
        Assert.Equal(5, Ask(SampleZone.Name, RecordType.AXFR).Code);
        Assert.Equal(5, Ask(SampleZone.Name, RecordType.IXFR).Code);
        Assert.Equal(4, Ask(SampleZone.Name, (RecordType)253).Code);
        Assert.Equal(4, Ask(SampleZone.Name, (RecordType)249).Code);
        Assert.Equal(5, Ask(null, SampleZone.Name, RecordType.A).Code);
    }

    [Fact]
    public void Whoever_keeps_a_copy_is_told_the_serial() =>
        Assert.Equal([s_soa], Ask(s_zone, SampleZone.Name, RecordType.IXFR, maySeeSerial: true).Answers);

    [Fact]
    public void Who_asks_for_everything_gets_one_record_that_says_nothing()
    {
        Assert.Equal([$"{SampleZone.Name} HINFO 2 \u0007RFC8482\0"], Ask(SampleZone.Name, RecordType.ANY).Answers);
        Assert.Equal(3, Ask($"none.{SampleZone.Name}", RecordType.ANY).Code);
    }

    [Fact]
    public void The_zone_says_who_serves_it()
    {
        Assert.Equal([s_soa], Ask(SampleZone.Name, RecordType.SOA).Answers);
        Assert.Equal(["eu.lb3", "lb1", "lb2"],
            Ask(SampleZone.Name, RecordType.NS).Data.Select(name => name[..^(SampleZone.Name.Length + 1)]));
        var named = new Zone(SampleZone.Config with { NameServers = ["ns1.example.org", "ns2.example.net"] }, [], serial: 1, ttl: 300);
        Assert.Equal([$"{SampleZone.Name} NS 300 ns1.example.org", $"{SampleZone.Name} NS 300 ns2.example.net"],
            Ask(named, SampleZone.Name, RecordType.NS).Answers);
    }

    [Fact]
    public void The_case_of_the_question_is_kept_everywhere()
    {
        Assert.Equal(["lB.eXample.ORG A 2 192.0.2.1", "lB.eXample.ORG A 2 192.0.2.2"], Ask("lB.eXample.ORG", RecordType.A).Answers);
        var denied = Ask("nOne.lB.eXample.ORG", RecordType.A);
        Assert.Equal("nOne.lB.eXample.ORG 1 1", denied.Question);
        Assert.StartsWith("lB.eXample.ORG SOA", denied.Authorities[0], StringComparison.Ordinal);
    }

    [Fact]
    public void EDNS_is_answered_with_EDNS()
    {
        var answer = Ask(s_zone, SampleZone.Name, RecordType.A, tail: QueryBytes.Edns(4096, flags: 0x8000));
        var future = Ask(s_zone, SampleZone.Name, RecordType.A, tail: QueryBytes.Edns(version: 1));

        Assert.Equal((true, 1232, true), (answer.HasEdns, answer.EdnsSize, answer.WantsDnssec));
        // BADVERS, with the version that is spoken here.
        Assert.Equal((16, 0), (future.Code, future.Answers.Count));
    }

    private static Answered Ask(string name, RecordType type) => Ask(s_zone, name, type);

    private static Answered Ask(Zone? zone, string name, RecordType type, ushort @class = QueryBytes.Internet, byte[]? tail = null,
        uint turn = 0, int most = 13, bool maySeeSerial = false, int room = 512)
    {
        var message = QueryBytes.Of(name, type, @class, tail);
        Assert.Equal(Reading.Query, QueryReader.Read(message, out var query));
        var buffer = new byte[room];
        var writer = new ResponseWriter(buffer, room, query, message, hasCookie: false);
        var outcome = ZoneAnswers.Answer(zone, query, message, turn, most, maySeeSerial, ref writer);
        if (writer.IsTruncated) writer.Truncate();
        var response = buffer[..writer.Finish(outcome.Code(), outcome.IsAuthoritative(), [])];
        // Somebody else's reader takes it, too.
        Assert.Single(DnsMessage.Parse(response).Questions);
        return Answered.Read(response);
    }
}
