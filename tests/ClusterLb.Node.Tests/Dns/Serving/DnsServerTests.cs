using System.Net;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Tests.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Zones;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Dns.Serving;

/// <summary>Over real sockets.</summary>
public sealed class DnsServerTests
{
    private static readonly byte[] s_client = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public async Task Answers_turn_and_each_family_turns_for_itself()
    {
        var zone = SampleZone.Of(
            SampleZone.Serving("lb1", "192.0.2.1", "2001:db8::1"), SampleZone.Serving("lb2", "192.0.2.2", "2001:db8::2"));
        await using var server = TestNameServer.Start(zone: zone);

        var (v4, v6) = (new List<string>(), new List<string>());
        for (var i = 0; i < 4; i++)
        {
            v4.Add((await NameClient.AskAsync(server.EndPoint, SampleZone.Name, RecordType.A))!.Data[0]);
            v6.Add((await NameClient.AskAsync(server.EndPoint, SampleZone.Name, RecordType.AAAA))!.Data[0]);
        }

        Assert.Equal(["192.0.2.1", "192.0.2.2"], v4.Distinct().Order());
        Assert.Equal(["2001:db8::1", "2001:db8::2"], v6.Distinct().Order());
        Assert.Equal(8, server.Counts.Of(Outcome.Answered));
    }

    [Fact]
    public async Task A_server_at_all_addresses_answers_from_the_one_that_was_asked()
    {
        await using var v4 = TestNameServer.Start(config => config with { Bind = new IPEndPoint(IPAddress.Any, 0) });
        await using var both = TestNameServer.Start(config => config with { Bind = new IPEndPoint(IPAddress.IPv6Any, 0) });

        foreach (var address in new[] { "127.0.0.1", "127.0.0.2", "127.9.9.9" })
        {
            Assert.NotNull(await NameClient.AskAsync(v4.At(IPAddress.Parse(address)), SampleZone.Name, RecordType.A));
            Assert.NotNull(await NameClient.AskAsync(both.At(IPAddress.Parse(address)), SampleZone.Name, RecordType.A));
        }

        Assert.NotNull(await NameClient.AskAsync(both.At(IPAddress.IPv6Loopback), SampleZone.Name, RecordType.A));
    }

    [Fact]
    public async Task Over_UDP_13_addresses_come_and_over_TCP_all()
    {
        await using var server = TestNameServer.Start(zone: SampleZone.OfMany(40));

        var udp = await NameClient.AskAsync(server.EndPoint, SampleZone.Name, RecordType.A);
        using var stream = await NameClient.ConnectAsync(server.EndPoint);
        await stream.WriteAsync(NameClient.Framed(QueryBytes.Of(SampleZone.Name, RecordType.A)));
        var tcp = await NameClient.ReadAsync(stream);

        Assert.Equal((13, false, 40), (udp!.Answers.Count, udp.IsTruncated, tcp!.Answers.Count));
    }

    [Fact]
    public async Task Queries_of_one_connection_are_answered_in_their_order_however_they_are_cut()
    {
        await using var server = TestNameServer.Start();
        using var stream = await NameClient.ConnectAsync(server.EndPoint);
        byte[] all = [.. Enumerable.Range(1, 5).SelectMany(i =>
            NameClient.Framed(QueryBytes.Of($"lb{i}.{SampleZone.Name}", RecordType.A)))];

        foreach (var part in all.Chunk(7)) await stream.WriteAsync(part);

        for (var i = 1; i <= 5; i++)
        {
            var answer = await NameClient.ReadAsync(stream);
            Assert.Equal(($"lb{i}.{SampleZone.Name} 1 1", i <= 3 ? 0 : 3), (answer!.Question, answer.Code));
        }

        Assert.Equal(1, server.Counts.Connections);
    }

    [Fact]
    public async Task A_connection_that_says_no_query_is_closed()
    {
        await using var server = TestNameServer.Start();
        foreach (var nonsense in new[] { "0000", "FFFF", "000C" + "123481000000000000000000" })
        {
            using var stream = await NameClient.ConnectAsync(server.EndPoint);
            await stream.WriteAsync(Convert.FromHexString(nonsense));
            Assert.Null(await NameClient.ReadAsync(stream));
        }

        Assert.Equal(3, server.Counts.Malformed);
        await Eventually.Is(() => server.Counts.Connections == 0);
    }

    [Fact]
    public async Task The_whole_zone_is_for_whom_it_may_be_given_to()
    {
        await using var open = TestNameServer.Start(config => config with { SecondaryTransfer = [IPAddress.Loopback] });
        await using var closed = TestNameServer.Start(config => config with { SecondaryTransfer = [IPAddress.Parse("192.0.2.9")] });

        foreach (var type in new[] { RecordType.AXFR, RecordType.IXFR })
        {
            Assert.Equal(11, (await OverTcpAsync(open, SampleZone.Name, type)).Answers.Count);
            Assert.Equal(5, (await OverTcpAsync(closed, SampleZone.Name, type)).Code);
            Assert.Equal(5, (await OverTcpAsync(open, $"lb1.{SampleZone.Name}", type)).Code);
        }

        Assert.Equal(5, (await NameClient.AskAsync(open.EndPoint, SampleZone.Name, RecordType.AXFR))!.Code);
        Assert.Single((await NameClient.AskAsync(open.EndPoint, SampleZone.Name, RecordType.IXFR))!.Answers);
        Assert.Equal(2, open.Counts.Of(Outcome.Transferred));
    }

    [Fact]
    public async Task Beyond_the_rate_answers_are_cut_or_left_out_but_not_for_whom_a_cookie_proves()
    {
        await using var server = TestNameServer.Start(config => config with { RateLimit = 5 });
        var (whole, cut, none) = (0, 0, 0);
        byte[] cookie = [];
        for (var i = 0; i < 45; i++)
        {
            var answer = await NameClient.SendAsync(server.EndPoint,
                QueryBytes.Of(SampleZone.Name, RecordType.A, tail: QueryBytes.Edns(options: QueryBytes.Cookie(s_client))),
                TimeSpan.FromMilliseconds(50));
            if (answer is null) none++;
            else if (answer.IsTruncated) cut++;
            else whole++;
            if (answer is { Cookie.Length: > 0 }) cookie = answer.Cookie;
        }

        Assert.True(whole >= 5 && cut >= 5 && none >= 5, $"{whole} whole, {cut} cut, {none} not answered");
        Assert.Equal(ServerCookie.Bytes, cookie.Length);
        Assert.True(server.Counts.Cut >= cut && server.Counts.Dropped >= none);
        for (var i = 0; i < 30; i++)
        {
            var answer = await NameClient.AskAsync(server.EndPoint, SampleZone.Name, RecordType.A,
                QueryBytes.Edns(options: QueryBytes.Cookie(cookie)));
            Assert.Equal((3, false), (answer!.Answers.Count, answer.IsTruncated));
        }

        Assert.Equal(3, (await OverTcpAsync(server, SampleZone.Name, RecordType.A)).Answers.Count);
    }

    [Fact]
    public async Task A_cookie_alone_is_answered_with_a_cookie()
    {
        await using var server = TestNameServer.Start();

        var answer = await NameClient.SendAsync(server.EndPoint,
            [.. QueryBytes.Header(0, questions: 0, additionals: 1), .. QueryBytes.Edns(options: QueryBytes.Cookie(s_client))],
            TimeSpan.FromSeconds(2));

        Assert.Equal((0, "", ServerCookie.Bytes), (answer!.Code, answer.Question, answer.Cookie.Length));
        Assert.Equal(s_client, answer.Cookie[..8]);
    }

    [Fact]
    public async Task What_makes_no_sense_is_answered_with_a_header_and_what_is_no_query_with_nothing()
    {
        await using var server = TestNameServer.Start();
        var (patience, short_) = (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50));

        Assert.Equal((1, "", 0x1234), Head(await NameClient.SendAsync(server.EndPoint, QueryBytes.Header(0, 1), patience)));
        Assert.Equal((4, "", 0x1234),
            Head(await NameClient.SendAsync(server.EndPoint, QueryBytes.Of("a", RecordType.SOA, flags: 5 << 11), patience)));
        Assert.Null(await NameClient.SendAsync(server.EndPoint, [1, 2, 3], short_));
        Assert.Null(await NameClient.SendAsync(server.EndPoint, QueryBytes.Header(0x8000, 1), short_));
        Assert.Null(await NameClient.SendAsync(server.EndPoint, new byte[5_000], short_));
        Assert.Equal((3, 1, 1),
            (server.Counts.Malformed, server.Counts.Of(Outcome.FormatError), server.Counts.Of(Outcome.NotImplemented)));

        static (int, string, int) Head(Answered? answer) => (answer!.Code, answer.Question, answer.Id);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        await using var server = TestNameServer.Start();

        var failure = Assert.Throws<ClusterLb.Node.Dns.DnsBindException>(
            () => TestNameServer.Start(config => config with { Bind = server.EndPoint }));

        Assert.Equal($"dns cannot bind {server.EndPoint} (TCP): the address is in use by another process", failure.Message);
    }

    private static async Task<Answered> OverTcpAsync(TestNameServer server, string name, RecordType type)
    {
        using var stream = await NameClient.ConnectAsync(server.EndPoint);
        await stream.WriteAsync(NameClient.Framed(QueryBytes.Of(name, type)));
        return (await NameClient.ReadAsync(stream))!;
    }
}
