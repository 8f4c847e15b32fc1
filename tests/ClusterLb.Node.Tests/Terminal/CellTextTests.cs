using ClusterLb.Node.Terminal;
using CsCheck;

namespace ClusterLb.Node.Tests.Terminal;

public sealed class CellTextTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("lb1", 3)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("東京", 4)]
    [InlineData("ﾄｳｷｮｳ", 5)]
    [InlineData("서울-1", 6)]
    [InlineData("\U0001F680", 2)]
    [InlineData("…", 1)]
    public void A_wide_character_takes_two_cells_and_a_combining_one_none(string text, int cells) =>
        Assert.Equal(cells, CellText.Width(text));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("abcdef", 1, "…")]
    [InlineData("東京都", 6, "東京都")]
    [InlineData("東京都", 5, "東京…")]
    [InlineData("東京都", 4, "東…")]
    [InlineData("e\u0301e\u0301e\u0301", 2, "e\u0301…")]
    [InlineData("\U0001F680\U0001F680", 3, "\U0001F680…")]
    public void What_is_cut_shows_it_and_is_cut_between_characters(string text, int width, string expected) =>
        Assert.Equal(expected, CellText.Cut(text, width));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "ab…ef")]
    [InlineData("abcdef", 4, "ab…f")]
    [InlineData("abcdef", 1, "…")]
    [InlineData("東京都庁", 6, "東…庁")]
    public void A_name_keeps_its_end(string text, int width, string expected) =>
        Assert.Equal(expected, CellText.CutMiddle(text, width));

    [Fact]
    public void Whatever_is_cut_fits() =>
        Gen.Select(Gen.OneOf(Gen.Const("a"), Gen.Const("京"), Gen.Const("e\u0301"), Gen.Const("\U0001F680")).Array[0, 20], Gen.Int[1, 30])
            .Sample((characters, width) =>
            {
                Assert.True(CellText.Width(CellText.Cut(string.Concat(characters), width)) <= width);
                Assert.True(CellText.Width(CellText.CutMiddle(string.Concat(characters), width)) <= width);
            });

    [Fact]
    public void Columns_stand_in_line_beside_wide_and_combining_names()
    {
        using var output = new StringWriter();
        var table = new TextTable("NODE", "STATUS", "WHY");
        foreach (var name in new[] { "lb1", "東京", "e\u0301a" }) table.Add(name, "up", "-");
        table.Print(output);

        var lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(4, lines.Length);
        Assert.All(lines[1..], line => Assert.Equal(6, CellText.Width(line[..line.IndexOf("up", StringComparison.Ordinal)])));
    }
}
