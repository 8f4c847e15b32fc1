using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Tests.Terminal;

public sealed class ScreenTableTests
{
    [Fact]
    public void With_room_there_is_everything() => Assert.Equal(
        ["NAME  STATE     WHY", "b1    up        check passed: status 200", "b2    draining  an operator wants it"], Show(40));

    [Fact]
    public void The_text_gives_way_first_by_words() => Assert.Equal(
        ["NAME  STATE     WHY", "b1    up        check passed: …", "b2    draining  an operator …"], Show(32));

    [Fact]
    public void Then_whole_columns_do_the_least_of_worth_first()
    {
        Assert.Equal(["NAME  STATE", "b1    up", "b2    draining"], Show(27));
        Assert.Equal(["NAME", "b1", "b2"], Show(13));
    }

    [Fact]
    public void The_last_column_stays_whatever_the_width() => Assert.Equal(["…", "b1", "b2"], Show(3));

    private static IEnumerable<string> Show(int width)
    {
        var table = new ScreenTable(new ScreenColumn("NAME", 3), new ScreenColumn("STATE", 2, 8), new ScreenColumn("WHY", 1, IsText: true));
        table.Add("b1", "up", "check passed: status 200");
        table.Add("b2", "draining", "an operator wants it");
        return table.Lines(width).Select(line => line.Text.TrimEnd());
    }
}
