namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class UnusedPoolsTests
{
    private const string Other = "pools.other.backends.o1.address=127.0.0.1:9009";

    [Fact]
    public void A_pool_that_nobody_uses() => Warned.Of("pools.other", "is used by nobody", Other);

    [Fact]
    public void A_route_uses_it_or_a_listener()
    {
        Warned.OfNothing(Other, "listeners.web.routes=[{ path = /a, pool = other }]");
        Warned.OfNothing(Other, "listeners.db={ bind = \"127.0.0.1:81\", protocol = tcp, pool = other }", "pools.other.health.type=tcp");
    }
}
