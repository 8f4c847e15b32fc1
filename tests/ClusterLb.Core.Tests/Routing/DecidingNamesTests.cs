using System.Text;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Tests.Pools;
using static ClusterLb.Core.Tests.Routing.RouteConfigs;

namespace ClusterLb.Core.Tests.Routing;

public sealed class DecidingNamesTests
{
    [Fact]
    public void Those_of_routes_decide() =>
        Check([Route("p") with { HeaderName = "X-Beta" }, Route("p") with { CookieName = "who" }, Route("p")], [], ["X-Beta"], ["who"]);

    [Fact]
    public void A_header_is_listed_once_in_whatever_case_and_a_cookie_in_each() =>
        Check([.. new[] { "a", "A", "b" }.Select(name => Route("p") with { HeaderName = name, CookieName = name })], [], ["a", "b"],
            ["a", "A", "b"]);

    [Theory]
    [InlineData(StickyBy.None, null, null)]
    [InlineData(StickyBy.SourceIp, null, null)]
    [InlineData(StickyBy.Header, "sid", null)]
    [InlineData(StickyBy.Cookie, null, "sid")]
    [InlineData(StickyBy.AppCookie, null, "sid")]
    public void What_a_session_is_known_by_decides(StickyBy by, string? header, string? cookie)
    {
        var config = PoolConfigs.Of("a");
        Check([], [config with { Sticky = config.Sticky with { By = by, Name = "sid" } }], NameOrNone(header), NameOrNone(cookie));
    }

    [Theory]
    [InlineData("consistent-hash", HashKeyKind.Header, "X-User", null)]
    [InlineData("consistent-hash", HashKeyKind.Cookie, null, "X-User")]
    [InlineData("consistent-hash", HashKeyKind.Path, null, null)]
    [InlineData("consistent-hash", HashKeyKind.SourceIp, null, null)]
    [InlineData("ip-hash", HashKeyKind.Header, null, null)]
    [InlineData("p2c", HashKeyKind.Header, null, null)]
    public void What_a_policy_hashes_by_decides(string balance, HashKeyKind key, string? header, string? cookie)
    {
        var config = PoolConfigs.Of("a");
        config = config with { Balance = balance, Hash = config.Hash with { Key = key, KeyName = "X-User" } };
        Check([], [config], NameOrNone(header), NameOrNone(cookie));
    }

    [Fact]
    public void A_listener_has_those_of_its_routes_of_their_pools_and_of_its_own_pool_and_of_no_other()
    {
        var sticky = PoolConfigs.Of("a").Sticky with { By = StickyBy.Header };
        var pools = new[] { "own", "routed", "other" }.ToDictionary(name => name,
            name => PoolOf(PoolConfigs.Of("a") with { Name = name, Sticky = sticky with { Name = $"of-{name}" } }));

        Assert.Equal(["X-Beta", "of-own", "of-routed"], Names(new ListenerRoutes(
            Listener("own", Route("routed") with { HeaderName = "X-Beta" }), pools).Deciding.Headers).Order(StringComparer.Ordinal));
        Assert.Equal(["of-routed"], Names(new ListenerRoutes(Listener("", Route("routed")), pools).Deciding.Headers));
    }

    private static void Check(RouteConfig[] routes, PoolConfig[] pools, string[] headers, string[] cookies)
    {
        var names = DecidingNames.Of(routes, [.. pools.Select(PoolOf)]);
        Assert.Equal(headers, Names(names.Headers));
        Assert.Equal(cookies, Names(names.Cookies));
    }

    private static Pool PoolOf(PoolConfig config) => new(config, 0, Policies.Default.Get(config.Balance), new PoolBench(config), 0);

    private static string[] NameOrNone(string? name) => name is null ? [] : [name];

    private static IEnumerable<string> Names(byte[][] names) => names.Select(Encoding.ASCII.GetString);
}
