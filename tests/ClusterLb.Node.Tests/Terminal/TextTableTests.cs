using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Tests.Terminal;

public sealed class TextTableTests
{
    [Fact]
    public void A_narrow_terminal_gets_short_forms_and_fewer_columns_and_is_told_which()
    {
        var (lines, hidden) = Print(40);

        Assert.Equal("BACKEND  STATE  WHY", lines[0]);
        Assert.Equal("b1       up     check passed", lines[1]);
        Assert.Equal("b2       down   check failed: connect r…", lines[2]);
        Assert.Equal(["ADDRESS"], hidden);
    }

    [Fact]
    public void A_wide_one_gets_all()
    {
        var (lines, hidden) = Print(120);

        Assert.Equal("BACKEND  ADDRESS         STATE  HASH ORDER  WHY", lines[0]);
        Assert.Equal("app/b1   127.0.0.1:9001  up     -           check passed", lines[1]);
        Assert.Empty(hidden);
    }

    [Fact]
    public void Names_keep_their_ends()
    {
        var table = new TextTable("BACKEND", "WHY");
        table.Add(Cell.OfName("checkout-server-with-a-long-name-01"), "check passed");
        table.Add(Cell.OfName("checkout-server-with-a-long-name-02"), "check failed");

        var lines = Lines(table, 30, out _);

        Assert.EndsWith("name-01", lines[1].Split(' ')[0], StringComparison.Ordinal);
        Assert.EndsWith("name-02", lines[2].Split(' ')[0], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.True(CellText.Width(line) <= 30));
    }

    private static (string[] Lines, IReadOnlyList<string> Hidden) Print(int width)
    {
        var table = new TextTable("BACKEND", new("ADDRESS", 1), "STATE", new("HASH ORDER", 9), "WHY");
        table.Add(Cell.OfName("app/b1", "b1"), "127.0.0.1:9001", "up", "-", "check passed");
        table.Add(Cell.OfName("app/b2", "b2"), "127.0.0.1:9002", "down", "-", "check failed: connect refused x3");
        var lines = Lines(table, width, out var hidden);
        return (lines, hidden);
    }

    private static string[] Lines(TextTable table, int width, out IReadOnlyList<string> hidden)
    {
        using var output = new StringWriter();
        using var terminal = new PrintableWriter(output, width);
        hidden = table.Print(terminal);
        return output.ToString().TrimEnd().Split(Environment.NewLine);
    }
}
