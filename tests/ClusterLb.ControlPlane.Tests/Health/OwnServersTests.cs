using System.Collections.Immutable;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Routing;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class OwnServersTests
{
    private readonly TestMemory _test = new(Named("127.0.0.1:1"));
    private readonly OwnServers _servers = new();

    private RoutingTable Table => _test.Memory.Tables.Current;

    [Fact]
    public void What_the_monitor_says_of_this_server_is_known_and_nothing_differs()
    {
        var word = Word("127.0.0.1:1");
        Assert.Empty(_servers.Follow(word, Table, 5));

        Assert.Empty(_servers.Others);
        Assert.Same(word, _servers.Complete(word, Table));
    }

    [Fact]
    public void A_new_monitor_that_finds_another_server_does_not_take_away_what_is_known_of_this_one()
    {
        _servers.Follow(Word("127.0.0.1:1"), Table, 5);
        _servers.Follow(Word("10.0.0.9:80"), Table, 6);

        Assert.Equal(new OtherServer("127.0.0.1:1", "10.0.0.9:80", 6, IsTold: false), _servers.Others["app/b1"]);
        Assert.Equal(Word("127.0.0.1:1").Verdicts["app/b1"], _servers.Complete(Word("10.0.0.9:80"), Table).Verdicts["app/b1"]);
    }

    [Fact]
    public void Of_a_server_that_nobody_has_checked_nothing_is_known()
    {
        _servers.Follow(Word("10.0.0.9:80"), Table, 6);

        Assert.Equal(ActiveHealth.Unknown, _servers.Complete(Word("10.0.0.9:80"), Table).Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public void A_difference_ends_with_the_word_on_this_server_and_with_the_backend()
    {
        _servers.Follow(Word("10.0.0.9:80"), Table, 6);
        Assert.Equal(["app/b1"], _servers.Follow(Word("127.0.0.1:1"), Table, 7));

        _servers.Follow(Word("10.0.0.9:80"), Table, 8);
        _test.Apply(Named("10.0.0.9:80"));
        Assert.Equal(["app/b1"], _servers.Follow(Word("10.0.0.9:80"), Table, 9));
        Assert.Empty(_servers.Others);
    }

    [Fact]
    public void An_address_is_the_same_server_everywhere()
    {
        _test.Apply(Named("127.0.0.1:1") is var pool
            ? pool with { Backends = [pool.Backends[0] with { Host = "", Address = "127.0.0.1:1" }] }
            : null!);

        _servers.Follow(Word("10.0.0.9:80"), Table, 6);

        Assert.Empty(_servers.Others);
    }

    [Fact]
    public void A_monitor_that_does_not_know_the_name_speaks_of_the_name()
    {
        _servers.Follow(Word("app.example.org:80"), Table, 6);

        Assert.Empty(_servers.Others);
    }

    private static PoolConfig Named(string address)
    {
        var pool = TestMemory.PoolOf(1, Configs.Pool.Health with { Probe = Configs.TcpProbe });
        var endPoint = System.Net.IPEndPoint.Parse(address);
        return pool with
        {
            Backends =
            [
                pool.Backends[0] with
                {
                    Host = "app.example.org", Address = "app.example.org:80", EndPoint = endPoint, Addresses = [endPoint],
                },
            ],
        };
    }

    private static HealthSnapshot Word(string server) => new(1, 1, ImmutableDictionary<string, BackendVerdict>.Empty
        .Add("app/b1", new BackendVerdict(new CheckState(ActiveHealth.Up, 0, 0), null, "test") { Address = server }));
}
