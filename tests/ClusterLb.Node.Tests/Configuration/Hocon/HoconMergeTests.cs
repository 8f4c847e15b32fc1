using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>What is set twice, in one text or in several that are laid over each other: it is the same.</summary>
public class HoconMergeTests
{
    [Theory]
    [InlineData("a = 1|a = 2", """{"a":"2"}""")]
    [InlineData("a { b = 1 }|a { c = 2 }", """{"a":{"b":"1","c":"2"}}""")]
    [InlineData("a { x = 1, y = 2 }|a { x = 42, z = 100 }", """{"a":{"x":"42","y":"2","z":"100"}}""")]
    [InlineData("a.b.c { x = 1, y = 2 }|a { b { c { x = 42, z = 100 } } }", """{"a":{"b":{"c":{"x":"42","y":"2","z":"100"}}}}""")]
    [InlineData("a = [1]|a = [2]", """{"a":["2"]}""")]
    [InlineData("a { b = 1 }|a = 2", """{"a":"2"}""")]
    [InlineData("a { b = 1 }|a = 2|a { c = 3 }", """{"a":{"c":"3"}}""")]
    [InlineData("a { b = 1 }|a = null|a { c = 3 }", """{"a":{"c":"3"}}""")]
    [InlineData("a = 2|a { b = 1 }|a { c = 3 }", """{"a":{"b":"1","c":"3"}}""")]
    [InlineData("a { b { x = 1 } }|a.b = null|a.b.y = 2", """{"a":{"b":{"y":"2"}}}""")]
    public void Blocks_are_merged_and_of_anything_else_the_last_one_wins(string texts, string expected)
    {
        var parts = texts.Split('|');

        Assert.Equal(expected, Trees.Of(string.Join(", ", parts)));
        Assert.Equal(expected, Trees.Of(string.Join('\n', parts)));
        Assert.Equal(expected, Trees.Of(parts));
    }

    [Theory]
    [InlineData("a = null", "{}")]
    [InlineData("a = 1, a = null", "{}")]
    [InlineData("a = null, b = ${a}", "{}")]
    [InlineData("a { b = null }", """{"a":{}}""")]
    [InlineData("a = null foo", """{"a":"null foo"}""")]
    [InlineData("a = null, b = ${a}foo", """{"b":"nullfoo"}""")]
    [InlineData("a = [null]", """{"a":[null]}""")]
    [InlineData("a = null, b = [${a}]", """{"b":[null]}""")]
    public void Null_is_not_set_and_only_in_a_list_and_in_a_text_it_is_something(string text, string expected) =>
        Assert.Equal(expected, Trees.Of(text));

    [Fact]
    public void Every_value_knows_its_line()
    {
        var root = HoconDocument.Parse("test.conf", "a = 1\n\n// c\nb {\n  c = \"\"\"x\ny\"\"\"\n  d = [\n    1\n  ]\n}\n");

        Assert.Equal("test.conf:1", root.Members["a"].Place);
        var b = Assert.IsType<ObjectNode>(root.Members["b"]);
        Assert.Equal("test.conf:5", b.Members["c"].Place);
        Assert.Equal(8, ((ListNode)b.Members["d"]).Items[0].Line);
    }

    [Theory]
    [InlineData("a = 1\nb = ${a}", "b", "a.conf:1")]
    [InlineData("a = 1\n\nb = ${a}0", "b", "a.conf:3")]
    [InlineData("a { x = 1 }\nb = ${a}\nb.y = 1", "b.x", "a.conf:1")]
    [InlineData("a { x = 1 }\nb = ${a}\nb.y = 1", "b", "a.conf:3")]
    [InlineData("a = [1]\na += 2", "a", "a.conf:1")]
    public void A_value_that_comes_from_elsewhere_is_where_it_was_written(string text, string key, string expected)
    {
        ConfigurationNode node = HoconDocument.Parse("a.conf", text);
        foreach (var name in key.Split('.')) node = ((ObjectNode)node).Members[name];

        Assert.Equal(expected, node.Place);
    }
}
