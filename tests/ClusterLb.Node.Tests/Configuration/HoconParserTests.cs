using ClusterLb.Node.Configuration;
using CsCheck;

namespace ClusterLb.Node.Tests.Configuration;

public class HoconParserTests
{
    private static readonly string[] s_pieces = ["{", "}", "[", "]", "=", ":", ",", ".", "\n", "\r\n", " ", "\"", "\"\"\"", "\\", "#", "//",
        "$", "${", "a", "b-c", "1", "é", "\0", "include "];

    [Theory]
    [InlineData("a { b = 1 }")]
    [InlineData("a.b = 1")]
    [InlineData("{ a : { b : 1 } }")]
    [InlineData("a{b=1}")]
    [InlineData("\"a\".\"b\" = 1")]
    [InlineData("a = { b = 2 }, a.b = 1")]
    [InlineData("# c\na { // c\n b = 1 # c\n}\n")]
    [InlineData("\uFEFFa.b=1\r\n")]
    public void The_same_thing_may_be_written_in_many_ways(string text) => Assert.Equal("1", Text(Parse(text), "a", "b"));

    [Theory]
    [InlineData("a = x y z  # c", "x y z")]
    [InlineData("a = http://h/p", "http:")]
    [InlineData("a = \"http://h/#p\"", "http://h/#p")]
    [InlineData("a = \"\\\"\\\\\\/\\n\\t\\r\\u0041\"", "\"\\/\n\t\rA")]
    [InlineData("a = \"\"\"one\n\"two\\n\"\"\"", "one\n\"two\\n")]
    [InlineData("a = *:80", "*:80")]
    [InlineData("a = \"\"", "")]
    public void Texts_are_taken_as_HOCON_says(string text, string expected) => Assert.Equal(expected, Text(Parse(text), "a"));

    [Theory]
    [InlineData("a = [x, y]")]
    [InlineData("a = [\n  x\n  y\n]")]
    [InlineData("a = [x, y,]")]
    public void Items_of_a_list_are_parted_by_commas_or_lines(string text)
    {
        var list = Assert.IsType<ListNode>(Parse(text).Members["a"]);

        Assert.Equal(["x", "y"], list.Items.Select(item => ((TextNode)item).Text));
    }

    [Fact]
    public void Every_value_knows_its_line()
    {
        var root = Parse("a = 1\n\n/" + "/ c\nb {\n  c = \"\"\"x\ny\"\"\"\n  d = [\n    1\n  ]\n}\n");

        Assert.Equal("test.conf:1", root.Members["a"].Place);
        var b = Assert.IsType<ObjectNode>(root.Members["b"]);
        Assert.Equal("test.conf:5", b.Members["c"].Place);
        Assert.Equal(8, ((ListNode)b.Members["d"]).Items[0].Line);
    }

    [Theory]
    [InlineData("a {\n b = 1\n", 3, "'}' is missing")]
    [InlineData("a = [1\n2", 2, "']' is missing")]
    [InlineData("a = 1\nb", 2, "'=', ':' or '{'")]
    [InlineData("a = \"x\nb = 1", 1, "not closed")]
    [InlineData("a = \"\"\"x", 1, "not closed")]
    [InlineData("a = \"x\" y", 1, "after a quoted text")]
    [InlineData("a = \"\\q\"", 1, "an escape")]
    [InlineData("a = \"\\uZZZZ\"", 1, "an escape")]
    [InlineData("a =", 1, "a value")]
    [InlineData("a = 1\n}\n", 2, "a key")]
    [InlineData("a..b = 1", 1, "a key")]
    [InlineData("{ a = 1 } b", 1, "the end of the file")]
    [InlineData("a += 1", 1, "'=', ':' or '{'")]
    [InlineData("a = b@c", 1, "needs quotes")]
    [InlineData("\n a = ${b.c}", 2, "substitutions ${...} are not supported")]
    [InlineData("include \"other.conf\"", 1, "include is not supported")]
    [InlineData("a {\n include file(\"other.conf\")\n}", 2, "include is not supported")]
    public void Broken_syntax_names_its_line_and_what_was_expected(string text, int line, string expected)
    {
        var failure = Assert.Throws<HoconException>(() => Parse(text));

        Assert.Equal(line, failure.Line);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a=")]
    public void A_hundred_thousand_open_brackets_are_a_message_and_no_crash(string opening)
    {
        var failure = Assert.Throws<HoconException>(() => Parse("a=" + string.Concat(Enumerable.Repeat(opening, 100_000))));

        Assert.Contains("nested more than", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_a_hundred_thousand_parts_is_a_message_and_no_crash() =>
        Assert.Contains("nested more than",
            Assert.Throws<HoconException>(() => Parse(string.Concat(Enumerable.Repeat("a.", 100_000)) + "a=1")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Many_blocks_beside_each_other_are_not_deep() =>
        Assert.Equal(1_000, Parse(string.Concat(Enumerable.Range(0, 1_000).Select(i => $"k{i} {{ a = [1] }}\n"))).Members.Count);

    [Fact]
    public void Any_text_is_either_read_or_refused_with_a_line_that_exists() =>
        Gen.Int[0, s_pieces.Length - 1].Select(i => s_pieces[i]).Array[0, 40].Sample(parts =>
        {
            var text = string.Concat(parts);
            try
            {
                Parse(text);
            }
            catch (HoconException failure)
            {
                Assert.InRange(failure.Line, 1, text.Count(c => c == '\n') + 1);
                Assert.NotEmpty(failure.Message);
            }
        });

    private static ObjectNode Parse(string text) => HoconParser.Parse("test.conf", text);

    private static string Text(ConfigurationNode node, params string[] path)
    {
        foreach (var key in path) node = Assert.IsType<ObjectNode>(node).Members[key];
        return Assert.IsType<TextNode>(node).Text;
    }
}
