using System.Diagnostics;
using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Seeds;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Seeds;

/// <summary>Seeds that are names, looked up at a real name server.</summary>
public sealed class SeedResolverTests : IDisposable
{
    private const string Name = "nodes.example.org";
    private const string Service = "_clusterlb._tcp.example.org";

    private static readonly SeedConfig s_dns = new(SeedKind.Dns, Name, 4053);
    private static readonly SeedConfig s_srv = new(SeedKind.Srv, Service, 0);
    private static readonly SeedConfig s_node = new(SeedKind.Node, "10.0.0.9", 4053);

    private readonly NameServer _server = NameServer.Start(NameServer.Address(Name, "10.0.0.2"), NameServer.Address(Name, "10.0.0.1"));
    private readonly LoggedLines _lines = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Every_address_of_a_name_is_a_node_and_it_is_logged_once()
    {
        _server.Change(NameServer.Address(Name, "10.0.0.2"), NameServer.Address(Name, "10.0.0.1"),
            NameServer.Address6(Name, "2001:db8::1"));
        var resolver = Resolver();

        for (var i = 0; i < 3; i++) Assert.Equal(["10.0.0.1:4053", "10.0.0.2:4053", "[2001:db8::1]:4053"], await AskAsync(resolver, s_dns));
        Assert.Equal(["seed nodes.example.org is 10.0.0.1:4053, 10.0.0.2:4053, [2001:db8::1]:4053"], _lines.Written);
    }

    [Fact]
    public async Task Every_target_of_a_service_is_a_node_with_its_own_port()
    {
        _server.Change(NameServer.Service(Service, "lb2.example.org", 4054), NameServer.Service(Service, "lb1.example.org", 4053));

        Assert.Equal(["lb1.example.org:4053", "lb2.example.org:4054"], await AskAsync(Resolver(), s_srv));
    }

    [Fact]
    public async Task An_answer_too_long_for_a_datagram_comes_whole()
    {
        _server.Change([.. Enumerable.Range(1, 300).Select(i => NameServer.Service(Service, $"lb{i}.example.org", i))]);

        Assert.Equal(300, (await AskAsync(Resolver(), s_srv)).Count);
    }

    [Fact]
    public async Task A_change_of_records_is_noticed_as_soon_as_their_time_to_live_is_over()
    {
        var resolver = Resolver();
        await AskAsync(resolver, s_dns);

        _server.Change(NameServer.Address(Name, "10.0.0.3", timeToLive: 3));
        Assert.Equal(["10.0.0.3:4053"], await AskAsync(resolver, s_dns));
        var asked = _server.AddressQueries;
        Assert.Equal(["10.0.0.3:4053"], await AskAsync(resolver, s_dns));
        // It is known for three seconds.
        Assert.Equal(asked, _server.AddressQueries);

        _server.Change(NameServer.Address(Name, "10.0.0.4"));
        await EventuallyAsync(resolver, s_dns, "10.0.0.4:4053");
        Assert.Equal(
            ["seed nodes.example.org is 10.0.0.1:4053, 10.0.0.2:4053", "seed nodes.example.org is "
                + "10.0.0.3:4053", "seed nodes.example.org is 10.0.0.4:4053"],
            _lines.Written);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_stands_for_nobody_and_is_warned_of_once()
    {
        _server.Change();
        var resolver = Resolver();

        for (var i = 0; i < 2; i++) Assert.Equal(["10.0.0.9:4053"], await AskAsync(resolver, s_dns, s_node, s_srv));
        Assert.Equal(
            [
                "seed _clusterlb._tcp.example.org does not resolve: the name does not exist; its nodes are nobody",
                "seed nodes.example.org does not resolve: the name does not exist; its nodes are nobody",
            ],
            _lines.Written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_name_without_an_address_is_told_from_one_that_does_not_exist()
    {
        _server.Change(NameServer.Service(Name, "lb1.example.org", 4053));

        Assert.Equal([], await AskAsync(Resolver(), s_dns));
        Assert.Equal(["seed nodes.example.org does not resolve: it has no address; its nodes are nobody"], _lines.Written);
    }

    [Fact]
    public async Task A_silent_name_server_is_waited_for_in_bounds_and_asked_again()
    {
        _server.IsSilent = true;
        var resolver = Resolver();
        var started = Stopwatch.GetTimestamp();

        Assert.Equal([], await AskAsync(resolver, s_dns, s_srv, s_node));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 1, 30);
        Assert.Contains("seed nodes.example.org does not resolve: no name server answers; its nodes are not known", _lines.Written);

        _server.IsSilent = false;
        Assert.Equal(["10.0.0.1:4053", "10.0.0.2:4053"], await AskAsync(resolver, s_dns));
    }

    [Fact]
    public async Task A_name_server_that_fails_later_makes_no_node_vanish()
    {
        var resolver = Resolver();
        await AskAsync(resolver, s_dns, s_node);

        _server.IsFailing = true;
        for (var i = 0; i < 2; i++)
            Assert.Equal(["10.0.0.1:4053", "10.0.0.2:4053", "10.0.0.9:4053"], await AskAsync(resolver, s_dns, s_node));
        Assert.Equal("seed nodes.example.org does not resolve: a name server answers ServerFailure; its nodes are 10.0.0.1:4053, "
            + "10.0.0.2:4053", _lines.Written[^1]);
        Assert.Equal(2, _lines.Written.Count);
    }

    [Fact]
    public async Task Nobody_is_found_until_every_seed_has_been_looked_up_once()
    {
        _server.IsFailing = true;
        var resolver = Resolver();

        Assert.Equal([], await AskAsync(resolver, s_node, s_dns));

        _server.IsFailing = false;
        Assert.Equal(["10.0.0.1:4053", "10.0.0.2:4053", "10.0.0.9:4053"], await AskAsync(resolver, s_node, s_dns));
    }

    [Fact]
    public async Task The_next_name_server_answers_when_one_does_not()
    {
        using var silent = NameServer.Start();
        silent.IsSilent = true;
        var resolver = new SeedResolver([silent.EndPoint, _server.EndPoint], _lines);

        // Which of them is asked first is chance.
        for (var i = 0; i < 2; i++) Assert.Equal(["10.0.0.1:4053", "10.0.0.2:4053"], await AskAsync(resolver, s_dns));
    }

    [Fact]
    public async Task Where_no_name_server_listens_nobody_is_found()
    {
        var resolver = new SeedResolver([new IPEndPoint(IPAddress.Loopback, FreePorts.Next())], _lines);

        for (var i = 0; i < 2; i++) Assert.Equal([], await AskAsync(resolver, s_dns));
        Assert.Equal(["seed nodes.example.org does not resolve: no name server answers; its nodes are not known"], _lines.Written);
    }

    private SeedResolver Resolver() => new([_server.EndPoint], _lines);

    private static async Task<IReadOnlyList<string>> AskAsync(SeedResolver resolver, params SeedConfig[] seeds) =>
        [.. (await resolver.ResolveAsync(seeds)).Select(node => node.ToString())];

    private static async Task EventuallyAsync(SeedResolver resolver, SeedConfig seed, string expected)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if ((await AskAsync(resolver, seed)).SequenceEqual([expected])) return;
            await Task.Delay(50);
        }

        Assert.Fail($"{seed.Host} never became {expected}");
    }
}
