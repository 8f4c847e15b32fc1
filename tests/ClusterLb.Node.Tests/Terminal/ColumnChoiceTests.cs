using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Tests.Terminal;

public sealed class ColumnChoiceTests
{
    private const int Stays = TextColumn.Stays;

    [Fact]
    public void All_that_fit_are_shown() => Assert.Equal([0, 1, 2], ColumnChoice.Of([(10, Stays), (20, 1), (30, Stays)], 64));

    [Fact]
    public void The_one_of_least_worth_goes_first() =>
        Assert.Equal([0, 2, 3], ColumnChoice.Of([(10, Stays), (20, 1), (20, 2), (40, Stays)], 80));

    [Fact]
    public void What_explains_may_be_cut_to_half_before_another_goes() =>
        Assert.Equal([0, 1, 2], ColumnChoice.Of([(10, Stays), (20, 1), (200, Stays)], 80));

    [Fact]
    public void A_long_name_that_can_be_cut_drives_nobody_out() =>
        Assert.Equal([0, 1, 2], ColumnChoice.Of([(60, Stays), (9, 1), (200, Stays)], 80));

    [Fact]
    public void Those_without_which_a_row_says_nothing_stay() =>
        Assert.Equal([0, 2], ColumnChoice.Of([(60, Stays), (60, 1), (60, Stays)], 10));
}
