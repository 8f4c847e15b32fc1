using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Discovery;

public sealed class PoolExpansionTests
{
    private static readonly SourceConfig s_source = new()
    {
        Name = "cloud",
        Discover = "dns:app.internal:80",
        Location = "dns:app.internal:80",
        Weight = 3,
        MaxInFlight = 7,
        Refresh = TimeSpan.Zero,
        Max = 1_000,
    };

    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Parse("10.0.0.9"), 80));

    [Fact]
    public void Found_ones_stand_beside_fixed_ones_under_their_target_and_port_with_what_the_source_is_given()
    {
        var pool = PoolExpansion.Of(s_pool with { Sources = [s_source] }, _ => [At("10.0.0.2"), At("10.0.0.1")]);

        Assert.Equal(["b1", "10.0.0.1:80", "10.0.0.2:80"], pool.Backends.Select(backend => backend.Name));
        var found = pool.Backends[1];
        Assert.Equal(("dns:app.internal:80", 3, 7, 0, "10.0.0.1:80"),
            (found.Source, found.Weight, found.MaxInFlight, found.Tier, found.EndPoint.ToString()));
    }

    [Fact]
    public void What_the_source_tells_of_a_backend_wins_and_priorities_are_tiers()
    {
        var pool = PoolExpansion.Of(s_pool with { Sources = [s_source] },
            _ => [At("10.0.0.1") with { Priority = 20, Weight = 5 }, At("10.0.0.2") with { Priority = 10, MaxInFlight = 1 }]);

        Assert.Equal([(1, 0, 0), (5, 7, 1), (3, 1, 0)],
            pool.Backends.Select(backend => (backend.Weight, backend.MaxInFlight, backend.Tier)));
    }

    [Fact]
    public void A_server_that_the_pool_has_already_is_not_there_twice()
    {
        var other = s_source with { Name = "other", Discover = "srv:other" };
        var pool = PoolExpansion.Of(
            s_pool with { Sources = [s_source, other] },
            source => source == other ? [At("10.0.0.1") with { Weight = 9 }, At("10.0.0.3")] : [At("10.0.0.1"), At("10.0.0.9")]);

        Assert.Equal(["b1", "10.0.0.1:80", "10.0.0.3:80"], pool.Backends.Select(backend => backend.Name));
        Assert.Equal(3, pool.Backends[1].Weight);
    }

    [Fact]
    public void A_target_without_an_address_is_down_and_an_IPv6_address_is_in_brackets()
    {
        var pool = PoolExpansion.Of(s_pool with { Sources = [s_source] },
            _ => [new FoundBackend("a.internal", 80, []), FoundBackend.At(new IPEndPoint(IPAddress.IPv6Loopback, 81))]);

        Assert.Equal("[::1]:81", pool.Backends[1].Name);
        Assert.Equal("name does not resolve: its target has no address", pool.Backends[2].NameProblem);
    }

    [Fact]
    public void A_pool_without_sources_stays_as_it_is() =>
        Assert.Same(s_pool, PoolExpansion.Of(s_pool, _ => throw new InvalidOperationException()));

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("::", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("ff02::1", false)]
    public void An_address_is_of_one_machine_or_nonsense(string address, bool isOne) =>
        Assert.Equal(isOne, FoundBackend.IsOfOneMachine(IPAddress.Parse(address)));

    private static FoundBackend At(string address) => FoundBackend.At(new IPEndPoint(IPAddress.Parse(address), 80));
}
