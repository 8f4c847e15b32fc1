namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class StoresTests
{
    [Fact]
    public void A_redis_that_nobody_chose() =>
        Warned.Of("store.redis", "it must be redis", "store.redis.endpoints=[\"10.0.0.1:6379\"]");

    [Fact]
    public void One_that_is_chosen_or_put_by_is_meant()
    {
        Warned.OfNothing("store.redis.endpoints=[\"10.0.0.1:6379\"]", "store.type=redis");
        Warned.OfNothing("store.redis.endpoints=[\"10.0.0.1:6379\"]", "store.type=embedded");
    }
}
