namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>Values side by side; the examples of the specification, in our words.</summary>
public class HoconConcatenationTests
{
    [Theory]
    [InlineData("a :  true \"xyz\" 123 foo  ", """{"a":"true xyz 123 foo"}""")]
    [InlineData("a = \"x\" y", """{"a":"x y"}""")]
    [InlineData("a = \"x\"\"y\"z", """{"a":"xyz"}""")]
    [InlineData("a = \"\"\"x\"\"\" y", """{"a":"x y"}""")]
    [InlineData("a = [ foo bar 10 ]", """{"a":["foo bar 10"]}""")]
    [InlineData("a = ${x}foo${x}, x = 1", """{"a":"1foo1","x":"1"}""")]
    [InlineData("a = ${x}  ${x}, x = 1", """{"a":"1  1","x":"1"}""")]
    [InlineData("a = ${x} is my favourite, x = p2c", """{"a":"p2c is my favourite","x":"p2c"}""")]
    [InlineData("a = ${x}\" is my favourite\", x = p2c", """{"a":"p2c is my favourite","x":"p2c"}""")]
    [InlineData("a = \"${x}\", x = 1", """{"a":"${x}","x":"1"}""")]
    [InlineData("a = 1 + ${x}, x = 1", null)]
    public void Texts_become_a_text_and_keep_the_space_between_them(string text, string? expected)
    {
        if (expected is null) Assert.Contains("needs quotes", Trees.Problem(text), StringComparison.Ordinal);
        else Assert.Equal(expected, Trees.Of(text));
    }

    [Theory]
    [InlineData("a = [1, 2] [3, 4]")]
    [InlineData("a = [1, 2][3, 4]")]
    [InlineData("a = [1, 2\n] [3, 4]")]
    [InlineData("a = [1, 2], a = ${a} [3, 4]")]
    [InlineData("a = [1, 2]\na = ${a}[3, 4]")]
    [InlineData("a = [], a = ${a} [1, 2] ${a} [3] [4]")]
    [InlineData("a += 1, a += 2, a += 3, a += 4")]
    public void Lists_become_a_list(string text) => Assert.Equal("""{"a":["1","2","3","4"]}""", Trees.Of(text));

    [Theory]
    [InlineData("a = { b = 1, c = 2 }")]
    [InlineData("a = { b = 1 } { c = 2 }")]
    [InlineData("a { b = 1 }{ c = 2 }")]
    [InlineData("a = { b = 1\n} { c = 2 }")]
    [InlineData("a = { b = 1 }, a = { c = 2 }")]
    [InlineData("a = { b = 4 } { b = 3 } { b = 1, c = 2 }")]
    [InlineData("a = { b = 1 }, a = ${a} { c = 2 }")]
    [InlineData("a = { b = 1 }, a = { b = 7, c = 2 } ${a}")]
    public void Blocks_become_a_block(string text) => Assert.Equal("""{"a":{"b":"1","c":"2"}}""", Trees.Of(text));

    [Fact]
    public void A_block_takes_over_what_another_has_and_says_what_differs() => Assert.Equal(
        """{"generic":{"size":"6","x":{"y":"1","z":"2"}},"east":{"size":"6","x":{"y":"1","z":"3"},"name":"east"}}""",
        Trees.Of("generic = { size = 6, x { y = 1, z = 2 } }\neast = ${generic} { name = east, x.z = 3 }"));

    [Theory]
    [InlineData("a = ${x} [3, 4] ${y}, x = [1, 2], y = [5]", """["1","2","3","4","5"]""")]
    [InlineData("a = ${x} ${y}, x = [1], y = [2]", """["1","2"]""")]
    [InlineData("a = ${x} { b = 1 } ${y}, x { a = 0 }, y { c = 2 }", """{"a":"0","b":"1","c":"2"}""")]
    [InlineData("a = ${x} ${y}, x { a = 0 }, y { c = 2 }", """{"a":"0","c":"2"}""")]
    [InlineData("a = ${x} ${y}, x = 1, y = [2]", null)]
    [InlineData("a = ${x} ${y}, x = 1, y { z = 2 }", null)]
    [InlineData("a = ${x} ${y}, x { z = 1 }, y = [2]", null)]
    public void What_substitutions_come_to_counts_as_what_it_is(string text, string? expected)
    {
        if (expected is null) Assert.Contains("cannot be joined", Trees.Problem(text), StringComparison.Ordinal);
        else Assert.StartsWith($$"""{"a":{{expected}},""", Trees.Of(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = abc { x = y }", "1:9: a text and a block cannot be joined into one value; is a comma or a new line missing?")]
    [InlineData("a = null { x = y }", "1:10: a text and a block cannot be joined into one value; is a comma or a new line missing?")]
    [InlineData("a = abc [1]", "1:9: a text and a list cannot be joined into one value; is a comma or a new line missing?")]
    [InlineData("a = [1] abc", "1:9: a list and a text cannot be joined into one value; is a comma or a new line missing?")]
    [InlineData("a = { x = y } abc", "1:15: a block and a text cannot be joined into one value; is a comma or a new line missing?")]
    [InlineData("a = { x = y } [1]", "1:5: a block and a list cannot be joined into one value")]
    [InlineData("b = [1]\na = abc ${b}", "2:5: a text and a list (${b}) cannot be joined into one value")]
    [InlineData("b { x = y }\na = ${b}abc", "2:5: a block (${b}) and a text cannot be joined into one value")]
    [InlineData("b = [1]\na = ${b}\" \"${b}", "2:5: a list (${b}) and a text cannot be joined into one value")]
    [InlineData("b = null\na = ${b} [1]", "2:5: null (${b}) and a list cannot be joined into one value")]
    public void Values_of_two_kinds_are_no_value(string text, string expected) =>
        Assert.Equal($"a.conf:{expected}", Trees.Problem(text));

    [Theory]
    [InlineData("a = foo${?x}", """{"a":"foo"}""")]
    [InlineData("a = foo ${?x} bar", """{"a":"foo  bar"}""")]
    [InlineData("a = [1] ${?x}", """{"a":["1"]}""")]
    [InlineData("a = { b = 1 } ${?x}", """{"a":{"b":"1"}}""")]
    [InlineData("a = ${?x}${?y}", "{}")]
    [InlineData("a = ${?x} ${?y}", """{"a":" "}""")]
    [InlineData("a = \"\"${?x}${?y}", """{"a":""}""")]
    public void What_is_missing_adds_nothing(string text, string expected) => Assert.Equal(expected, Trees.Of(text));

    [Theory]
    [InlineData("a.0 = x, a.1 = y, b = [w] ${a}", """["w","x","y"]""")]
    [InlineData("a { 10 = y, 2 = x }, b = ${a} [z]", """["x","y","z"]""")]
    [InlineData("b = [x] { 0 = y }", """["x","y"]""")]
    public void Beside_a_list_a_block_whose_keys_are_numbers_is_one(string text, string expected) =>
        Assert.EndsWith($"\"b\":{expected}}}", Trees.Of(text), StringComparison.Ordinal);
}
