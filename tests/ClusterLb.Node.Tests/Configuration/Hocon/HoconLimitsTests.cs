using System.Globalization;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>No file ends the process, takes all its memory, or goes on for ever.</summary>
public sealed class HoconLimitsTests
{
    [Theory]
    [InlineData("[")]
    [InlineData("{a=")]
    [InlineData("{a.b.c=[")]
    public void A_hundred_thousand_open_brackets_are_a_message_and_no_crash(string opening) =>
        Assert.Contains("nested more than 64 deep", Trees.Problem("a=" + Repeat(opening)), StringComparison.Ordinal);

    [Fact]
    public void A_problem_with_something_endless_is_a_line_that_can_be_read()
    {
        var name = new string('k', 1_000_000);
        var backends = Lines(10_000, i => $"clusterlb.pools.app.backends.b{i}.address = \"127.0.0.1:1\"");

        foreach (var text in (string[])[$"clusterlb.{name} = 1", $"clusterlb.node.event-loops = {name}", backends])
        {
            Assert.All(Conf.Read(Conf.Minimal + text).Problems,
                problem => Assert.InRange(problem.ToString().Length, 10, 2_500));
        }
    }

    [Fact]
    public void A_path_of_a_hundred_thousand_names_is_a_message_and_no_crash()
    {
        Assert.Contains("nested more than 64 deep", Trees.Problem(Repeat("a.") + "a=1"), StringComparison.Ordinal);
        Assert.Contains("nested more than 64 deep", Trees.Problem("a=${" + Repeat("a.") + "a}"), StringComparison.Ordinal);
        Assert.Throws<HoconException>(() => HoconPath.Parse("--set", Repeat("a.") + "a"));
    }

    [Fact]
    public void Depth_is_that_of_the_whole()
    {
        var half = string.Concat(Enumerable.Repeat("a.", 39)) + "a";

        Assert.Contains("nested more than 64 deep", Trees.Problem($"{half} {{ {half} = 1 }}"), StringComparison.Ordinal);
        using var folder = new ConfFolder(("a.conf", $"{half} {{ include \"b.conf\" }}"), ("b.conf", $"{half} = 1"));
        Assert.Contains("nested more than 64 deep", Assert.Single(folder.Problems("a.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void Much_beside_each_other_is_not_deep()
    {
        Assert.Equal(1_000, Parse(Lines(1_000, i => $"k{i} {{ a = [1] }}")).Members.Count);
        Assert.Equal(10_000, ((ListNode)Parse(Lines(10_000, i => $"a += {i}")).Members["a"]).Items.Count);
        Assert.Equal("x", ((TextNode)Parse(Lines(10_000, i => "a = ${?none}") + "a = x").Members["a"]).Text);
        Assert.Equal(10_000, ((ObjectNode)Parse(Lines(10_000, i => $"a.k{i}.b = 1")).Members["a"]).Members.Count);
        Assert.Equal(10_000, ((ListNode)Parse("x = 1, a = [" + Lines(10_000, i => "${x}") + "]").Members["a"]).Items.Count);
    }

    [Theory]
    [InlineData("a{0} = ${{a{1}}}")]
    [InlineData("a{0} = [${{a{1}}}]")]
    [InlineData("a{0} {{ b = ${{a{1}}} }}")]
    [InlineData("a{0} = ${{a{1}}} {{ b = 1 }}")]
    [InlineData("a{0} = ${{?a{1}}}\na{0} += 1")]
    public void Long_chains_of_substitutions_are_a_message_and_no_crash(string line)
    {
        Assert.Contains("more than 256 deep", Trees.Problem(Lines(20_000, i => Format(line, i))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_that_is_legal_needs_little_stack()
    {
        var (names, blocks) = (string.Join('.', Enumerable.Repeat("a", 60)), string.Concat(Enumerable.Repeat("{a=[", 30)));
        string[] texts =
        [
            $"{names} = 1",
            $"a = {blocks}",
            Lines(250, i => $"a{i} = ${{a{i + 1}}}") + "a250 = 1",
            Lines(120, i => $"a{i} = [${{a{i + 1}}}]") + "a120 = 1",
            Lines(80, i => $"a{i} = ${{a{i + 1}}} {{ b = 1 }}") + "a80 { c = 1 }",
            Lines(120, i => "a = ${?a}x"),
            Lines(300, i => $"a{i} {{ b = ${{a{i + 1}}} }}"),
        ];
        var problems = 0;
        var thread = new Thread(() => problems = texts.Count(text => Trees.Problems(text).Length > 0), maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();

        Assert.Equal(2, problems);
    }

    [Fact]
    public void A_value_that_adds_to_itself_too_often_is_a_message_and_no_crash() =>
        Assert.Contains("more than 256 deep", Trees.Problem(Lines(20_000, i => "a = ${?a}x")), StringComparison.Ordinal);

    [Theory]
    [InlineData("a{0} = ${{a{1}}}${{a{1}}}", "x")]
    [InlineData("a{0} = ${{a{1}}}${{a{1}}}", "[x]")]
    [InlineData("a{0} = ${{a{1}}}${{a{1}}}", "{ x = 1 }")]
    [InlineData("a{0} = [${{a{1}}}, ${{a{1}}}]", "x")]
    [InlineData("a{0} {{ b = ${{a{1}}}, c = ${{a{1}}} }}", "x")]
    public void What_doubles_at_every_line_is_a_message_before_the_memory_is_gone(string line, string last)
    {
        var text = Lines(60, i => Format(line, i)) + "a60 = " + last;

        Assert.Contains("grows beyond a million values", Trees.Problem(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Circles_within_circles_come_to_an_end()
    {
        var text = Lines(40, i => $"a{i} = ${{a{(i + 1) % 40}}}\na{i} = ${{a{(i + 1) % 40}}}${{a{(i + 7) % 40}}}");

        Assert.NotEmpty(Trees.Problems(text));
    }

    [Fact]
    public void A_device_that_never_ends_is_a_message()
    {
        using var folder = new ConfFolder(("a.conf", "include \"/dev/zero\""));

        Assert.Equal(
            ["/dev/zero: is too large; all files together must be smaller than 16 MiB; it is included at a.conf:1:1"],
            folder.Problems("a.conf"));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_a_message_with_their_line()
    {
        using var folder = new ConfFolder();
        File.WriteAllBytes(folder.PathOf("a.conf"), [.. "x = 1\ny = "u8, 0xC3, 0x28, .. "\n"u8]);
        File.WriteAllBytes(folder.PathOf("b.conf"), [0xFF, 0xFE, .. "x\0"u8]);

        Assert.Equal(
            ["a.conf:2: is not UTF-8; the file must be saved as such", "b.conf:1: is not UTF-8; the file must be saved as such"],
            folder.Problems("a.conf", "b.conf"));
    }

    private static ObjectNode Parse(string text) => HoconDocument.Parse("a.conf", text);

    private static string Format(string line, int i) => string.Format(CultureInfo.InvariantCulture, line, i, i + 1);

    private static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, 100_000));

    private static string Lines(int count, Func<int, string> line) =>
        string.Concat(Enumerable.Range(0, count).Select(i => line(i) + "\n"));
}
