namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class BackendWeightsTests
{
    [Fact]
    public void A_pool_in_which_nobody_gets_work() =>
        Warned.Of("pools.app.backends", "so none gets new work", "pools.app.backends.a1.weight=0", "pools.app.backends.a2.weight=0");

    [Fact]
    public void One_that_gets_work_is_enough() => Warned.OfNothing("pools.app.backends.a1.weight=0");
}
