namespace ClusterLb.Core.Tests.Pools;

public class PoolWeightTests
{
    private static PoolBench Running() => new PoolBench(PoolConfigs.WithWeights(1, 2)).Up("b0", "b1");

    [Fact]
    public void An_operators_weight_counts_at_once_and_until_it_is_withdrawn()
    {
        var bench = Running().Weigh("b0", 256);
        Assert.Equal("b0:25600 b1:200", bench.Weighted);
        Assert.Equal("b0:100 b1:200", bench.Weigh("b0", null).Weighted);
    }

    [Fact]
    public void Weight_zero_takes_a_backend_out_of_service()
    {
        var bench = Running().Weigh("b0", 0);
        Assert.Equal("b1:200", bench.Weighted);
        bench.Down("b1");
        Assert.True(bench.Pool.FailOpen);
        Assert.Equal("b1:200", bench.Weighted);
    }

    [Fact]
    public void A_backend_that_is_configured_away_can_be_weighed_in()
    {
        var bench = new PoolBench(PoolConfigs.WithWeights(0, 2)).Up("b0", "b1");
        Assert.Equal("b1:200", bench.Weighted);
        Assert.Equal("b0:300 b1:200", bench.Weigh("b0", 3).Weighted);
    }

    [Fact]
    public void Slow_start_climbs_to_an_operators_weight()
    {
        var bench = new PoolBench(PoolConfigs.WithWeights(1, 2).WithSlowStart(20)).Up("b0", "b1").Weigh("b0", 4).Down("b0").Up("b0");
        Assert.Equal("b0:40 b1:200", bench.Weighted);
        Assert.Equal("b0:200 b1:200", bench.Pass(10).Weighted);
    }

    [Fact]
    public void A_weight_is_no_transition_and_the_same_again_no_change()
    {
        var bench = Running();
        bench.Said.Clear();
        var eligible = bench.Weigh("b0", 5).Pool.Eligible;
        Assert.Same(eligible, bench.Weigh("b0", 5).Pool.Eligible);
        Assert.Empty(bench.Said);
    }

    [Fact]
    public void People_see_it_with_its_reason()
    {
        var bench = Running();
        Assert.Equal<(int?, string)>((null, ""), Seen());
        bench.Weigh("b0", 5);
        Assert.Equal<(int?, string)>((5, "operator says 5"), Seen());
        bench.Weigh("b0", null);
        Assert.Equal<(int?, string)>((null, "back to the file"), Seen());

        (int?, string) Seen()
        {
            var seen = bench.Pool.Read(bench["b0"]);
            return (seen.OperatorWeight, seen.WeightReason);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(257)]
    public void What_is_no_weight_is_refused(int weight) => Assert.Throws<ArgumentOutOfRangeException>(() => Running().Weigh("b0", weight));
}
