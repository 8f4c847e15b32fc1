using ClusterLb.Node.Terminal;
using CsCheck;

namespace ClusterLb.Node.Tests.Terminal;

public sealed class ColumnWidthsTests
{
    [Fact]
    public void A_table_that_fits_is_left_alone() => Assert.Equal([10, 20, 30], ColumnWidths.Fit([10, 20, 30], 64));

    [Fact]
    public void What_explains_gives_way_first() => Assert.Equal([10, 20, 46], ColumnWidths.Fit([10, 20, 200], 80));

    [Fact]
    public void Then_whatever_is_widest_does() => Assert.Equal([10, 40, 27], ColumnWidths.Fit([10, 60, 200], 81));

    [Fact]
    public void A_table_of_any_shape_fits_where_there_is_room_at_all() =>
        Gen.Select(Gen.Int[1, 300].Array[1, 12], Gen.Int[80, 200]).Sample((wanted, available) =>
        {
            var widths = ColumnWidths.Fit(wanted, available);
            Assert.True(widths.Sum() + (ColumnWidths.Gap * (widths.Length - 1)) <= available);
            Assert.All(widths.Zip(wanted), both => Assert.InRange(both.First, Math.Min(4, both.Second), both.Second));
        });
}
