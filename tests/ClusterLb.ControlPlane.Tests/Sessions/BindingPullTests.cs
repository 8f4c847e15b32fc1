using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class BindingPullTests
{
    private readonly BindingPull _pull = new(began: 0);

    [Fact]
    public void One_part_is_asked_for_after_the_other_until_the_last()
    {
        Assert.Equal(0, _pull.Next(0));

        Assert.Null(_pull.Take(Part(0, isLast: false), 1));
        Assert.Equal(1, _pull.Take(Part(0, isLast: true), 2));
        Assert.Null(_pull.Take(Part(0, isLast: true), 3));
        Assert.Equal(2, _pull.Take(Part(1, isLast: true), 4));
        Assert.Null(_pull.Take(Part(2, isLast: true), 5));
        Assert.True(_pull.IsWhole);
    }

    [Fact]
    public void Without_an_answer_it_asks_again_and_after_five_seconds_is_waited_for_no_more()
    {
        Assert.Equal(0, _pull.Next(0));
        _pull.Take(Part(0, isLast: true), 500);

        Assert.Null(_pull.Next(1_400));
        Assert.Equal(1, _pull.Next(1_500));
        Assert.Null(_pull.Next(2_400));
        Assert.Equal(1, _pull.Next(5_400));
        Assert.False(_pull.IsSilent);
        Assert.Null(_pull.Next(5_500));
        Assert.True(_pull.IsSilent);
    }

    [Fact]
    public void Whoever_was_silent_for_long_tells_the_rest_when_it_speaks_again()
    {
        _pull.Next(0);
        _pull.Take(Part(0, isLast: true), 500);
        Assert.Equal(1, _pull.Next(6_000));
        Assert.Equal(1, _pull.Next(7_000));

        Assert.Equal(2, _pull.Take(Part(1, isLast: true), 7_100));
        Assert.False(_pull.IsSilent);
        Assert.Null(_pull.Take(Part(2, isLast: true), 7_200));
        Assert.True(_pull.IsWhole);
        Assert.Null(_pull.Next(20_000));
        Assert.False(_pull.IsSilent);
    }

    private static BindingPart Part(int part, bool isLast) => new(part, 3, isLast, []);
}
