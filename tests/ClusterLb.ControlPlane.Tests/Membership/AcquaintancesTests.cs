using Akka.Actor;
using Akka.Cluster;
using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.ControlPlane.Tests.Membership;

public sealed class AcquaintancesTests
{
    private static readonly Address s_one = Address.Parse("akka.tcp://clusterlb@127.0.0.1:1");
    private static readonly Address s_two = Address.Parse("akka.tcp://clusterlb@127.0.0.1:2");
    private readonly Acquaintances _met = new();

    [Fact]
    public void Who_was_met_lately_counts_in_its_newest_life()
    {
        _met.Meet(s_one, 7, now: 0);
        _met.Meet(s_two, 8, now: 500);
        _met.Meet(s_one, 9, now: 1_000);

        Assert.Equal([new UniqueAddress(s_one, 9), new UniqueAddress(s_two, 8)], _met.Fresh(1_500));
        Assert.Equal([new UniqueAddress(s_one, 9)], _met.Fresh(500 + Acquaintances.FreshMilliseconds + 1));
        Assert.Empty(_met.Fresh(10_000));
    }

    [Fact]
    public void Who_does_not_say_who_it_is_is_not_met()
    {
        _met.Meet(s_one, 0, now: 0);

        Assert.Empty(_met.Fresh(0));
    }
}
