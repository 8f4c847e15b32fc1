using ClusterLb.Faults.Report;

namespace ClusterLb.Faults.Tests.Report;

public sealed class PercentilesTests
{
    [Fact]
    public void Of_nothing_they_are_0() => Assert.Equal(new Percentiles(0, 0, 0), Percentiles.Of([]));

    [Fact]
    public void Of_one_they_are_it() => Assert.Equal(new Percentiles(7, 7, 7), Percentiles.Of([7]));

    [Fact]
    public void They_are_the_nearest_ranks_whatever_the_order() =>
        Assert.Equal(new Percentiles(500, 990, 999), Percentiles.Of(Enumerable.Range(1, 1_000).Reverse().Select(number => (double)number)));

    [Fact]
    public void One_slow_request_of_a_hundred_is_in_the_last_one_alone() =>
        Assert.Equal(new Percentiles(1, 1, 90), Percentiles.Of(Enumerable.Repeat(1.0, 99).Append(90)));
}
