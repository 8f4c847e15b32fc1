using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Dns;
using DnsClient;

namespace ClusterLb.Node.Tests.Dns;

public sealed class SeedResolverTests : IAsyncLifetime
{
    private static readonly SeedConfig s_name = new(SeedKind.Dns, "lb.internal", 4053);
    private static readonly SeedConfig s_literal = new(SeedKind.Node, "lb1", 4053);

    private readonly FakeNameServer _server = FakeNameServer.Start();
    private readonly Lines _lines = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Every_address_of_a_name_is_a_node()
    {
        _server.Reply = question => FakeNameServer.AddressOf(question, IPAddress.Parse("10.0.0.7"));

        Assert.Equal([new NodeAddress("10.0.0.7", 4053), new NodeAddress("lb1", 4053)], await Resolver(_server.EndPoint).ResolveAsync([s_name, s_literal]));
        Assert.Empty(_lines.Written);
    }

    [Theory]
    [InlineData("silent", "no answer in time")]
    [InlineData("closed", "no answer in time")]
    [InlineData("nonsense", "")]
    [InlineData("another's answer", "")]
    public async Task Whatever_a_name_server_does_means_no_answer_now(string what, string line)
    {
        _server.Reply = question => what switch { "nonsense" => Nonsense(question), "another's answer" => FakeNameServer.AddressOf([(byte)~question[0], .. question[1..]], IPAddress.Loopback), _ => null };
        var endPoint = what == "closed" ? ClosedPort() : _server.EndPoint;

        Assert.Equal([new NodeAddress("lb1", 4053)], await Resolver(endPoint, TimeSpan.FromMilliseconds(100)).ResolveAsync([s_name, s_literal]));
        Assert.Contains(line, Assert.Single(_lines.Written), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(".lb.internal")]
    [InlineData("a-label-of-more-than-sixty-three-bytes-is-no-label-and-no-server-is-asked.internal")]
    [InlineData("l b..internal")]
    public async Task A_name_that_is_none_means_no_answer(string name)
    {
        Assert.Equal([new NodeAddress("lb1", 4053)], await Resolver(_server.EndPoint).ResolveAsync([s_name with { Host = name }, s_literal]));
        Assert.Equal([new NodeAddress("lb1", 4053)], await Resolver(_server.EndPoint).ResolveAsync([new SeedConfig(SeedKind.Srv, name, 0), s_literal]));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_told_once_until_it_does()
    {
        _server.Reply = Nonsense;
        var resolver = Resolver(_server.EndPoint);
        await resolver.ResolveAsync([s_name]);
        await resolver.ResolveAsync([s_name]);
        Assert.Single(_lines.Written);

        _server.Reply = question => FakeNameServer.AddressOf(question, IPAddress.Parse("10.0.0.7"));
        Assert.Equal([new NodeAddress("10.0.0.7", 4053)], await resolver.ResolveAsync([s_name]));

        _server.Reply = Nonsense;
        Assert.Empty(await resolver.ResolveAsync([s_name]));
        Assert.Equal(2, _lines.Written.Count);
    }

    private SeedResolver Resolver(IPEndPoint server, TimeSpan? timeout = null) =>
        new(_lines, new LookupClientOptions(server) { Timeout = timeout ?? TimeSpan.FromSeconds(10), Retries = 0, UseCache = false, ThrowDnsErrors = false });

    private static byte[] Nonsense(byte[] question) => [question[0], question[1], 0x81, 0x80, 0xFF];

    private static IPEndPoint ClosedPort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.Client.LocalEndPoint!;
    }
}
