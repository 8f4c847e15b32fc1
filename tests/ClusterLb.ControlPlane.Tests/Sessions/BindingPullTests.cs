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
        Assert.True(_pull.IsDone);
    }

    [Fact]
    public void Without_an_answer_it_asks_again_and_after_five_seconds_no_more()
    {
        Assert.Equal(0, _pull.Next(0));
        _pull.Take(Part(0, isLast: true), 500);

        Assert.Null(_pull.Next(1_400));
        Assert.Equal(1, _pull.Next(1_500));
        Assert.Null(_pull.Next(2_400));
        Assert.Equal(1, _pull.Next(5_400));
        Assert.False(_pull.IsDone);
        Assert.Null(_pull.Next(5_500));
        Assert.True(_pull.IsDone);
    }

    private static BindingPart Part(int part, bool isLast) => new(part, 3, isLast, []);
}
