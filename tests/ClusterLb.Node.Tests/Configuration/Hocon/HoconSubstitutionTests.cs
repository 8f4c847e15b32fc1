using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary><c>${...}</c>; the examples of the specification, in our words.</summary>
public class HoconSubstitutionTests
{
    [Theory]
    [InlineData("a = ${b}, b = 1", """{"a":"1","b":"1"}""")]
    [InlineData("a = ${ b }, b = 1", """{"a":"1","b":"1"}""")]
    [InlineData("a = ${?b}, b = 1", """{"a":"1","b":"1"}""")]
    [InlineData("a = ${b.c}, b.c = 1", """{"a":"1","b":{"c":"1"}}""")]
    [InlineData("a = ${\"b.c\"}, \"b.c\" = 1", """{"a":"1","b.c":"1"}""")]
    [InlineData("a = ${\"b\"\".c\"}, \"b.c\" = 1", """{"a":"1","b.c":"1"}""")]
    [InlineData("a = ${b  c}, b  c = 1", """{"a":"1","b  c":"1"}""")]
    [InlineData("a = ${b}, b { c = 1 }", """{"a":{"c":"1"},"b":{"c":"1"}}""")]
    [InlineData("a = ${b}, b = [1]", """{"a":["1"],"b":["1"]}""")]
    [InlineData("a = [${b}, ${?c}, x], b = 1", """{"a":["1","x"],"b":"1"}""")]
    [InlineData("a = ${b}, b = ${c}, c = 1", """{"a":"1","b":"1","c":"1"}""")]
    public void It_is_replaced_by_what_its_path_has(string text, string expected) => Assert.Equal(expected, Trees.Of(text));

    [Theory]
    [InlineData("a = 1, b = ${a}, a = 2", """{"a":"2","b":"2"}""")]
    [InlineData("bar { foo = 42, baz = ${bar.foo} }", """{"bar":{"foo":"42","baz":"42"}}""")]
    [InlineData("bar { foo = 42, baz = ${bar.foo} }, bar { foo = 43 }", """{"bar":{"foo":"43","baz":"43"}}""")]
    [InlineData("bar { foo = 43 }, bar { foo = 42, baz = ${bar.foo} }", """{"bar":{"foo":"42","baz":"42"}}""")]
    [InlineData(
        "bar { a = ${foo.d}, b = 1 }, bar.b = 3, foo { c = ${bar.b}, d = 2 }, foo.d = 4",
        """{"bar":{"a":"4","b":"3"},"foo":{"c":"3","d":"4"}}""")]
    [InlineData(
        "foo = ${a.b.c}, a { b { c = 42, round = ${foo} }, round = ${foo} }",
        """{"foo":"42","a":{"b":{"c":"42","round":"42"},"round":"42"}}""")]
    [InlineData(
        "one.a = 10, one.b = ${two.d}, two.c = 12, two.d = 14, two.e = ${one.a}, two.f = ${one.b}, two.g = ${two.f}",
        """{"one":{"a":"10","b":"14"},"two":{"c":"12","d":"14","e":"10","f":"14","g":"14"}}""")]
    public void It_looks_forward_to_the_last_value_also_into_the_block_that_it_is_in(string text, string expected) =>
        Assert.Equal(expected, Trees.Of(text));

    [Theory]
    [InlineData("d { a = 1, b = 2 }, i = ${d}, i.b = 3, j = ${i.b}", """{"a":"1","b":"3"}""", "3")]
    [InlineData("d { a = 1, b = 2 }, i = ${d}, i.b { c = 43 }, j = ${i.b}", """{"a":"1","b":{"c":"43"}}""", """{"c":"43"}""")]
    [InlineData("d { a = 1, b { c = 31, x = 1 } }, i = ${d}, i.b { c = 41 }, j = ${i.b.c}", """{"a":"1","b":{"c":"41","x":"1"}}""", "41")]
    [InlineData("d { a = 1, b = 2 }, i.b = 7, i = ${d}, j = ${i.b}", """{"b":"2","a":"1"}""", "2")]
    [InlineData("d { a = ${i.b}, b = 2 }, i.b = 7, i = ${d}, j = ${i.b}", """{"b":"2","a":"2"}""", "2")]
    [InlineData(
        "d { a = 1 }, i = 345, i = ${?none}, i = ${d}, i = {}, i.b { c = 43 }, i.x = 1, j = ${i.b.c}",
        """{"a":"1","b":{"c":"43"},"x":"1"}""",
        "43")]
    public void A_block_that_comes_by_one_can_be_written_over_and_looked_into(string text, string i, string j)
    {
        var tree = HoconDocument.Parse("a.conf", text);

        Assert.Equal(i, Trees.Print(tree.Members["i"]));
        Assert.Equal(j, Trees.Print(tree.Members["j"]).Trim('"'));
    }

    [Theory]
    [InlineData("a = ${?b}", "{}")]
    [InlineData("a = ${?b.c.d}, b = 1", """{"b":"1"}""")]
    [InlineData("a = 1, a = ${?b}", """{"a":"1"}""")]
    [InlineData("a { x = 1 }, a = ${?b}", """{"a":{"x":"1"}}""")]
    [InlineData("a = 1, a = ${?b}, b = 2", """{"a":"2","b":"2"}""")]
    [InlineData("a { x = 1 }, a = ${?b}, b = 2", """{"a":"2","b":"2"}""")]
    [InlineData("a = [${?b}, ${?c}]", """{"a":[]}""")]
    [InlineData("a = ${?b}, b = ${?c}, c = ${?d}", "{}")]
    public void With_a_question_mark_it_may_be_missing_and_leaves_what_was_set_before(string text, string expected) =>
        Assert.Equal(expected, Trees.Of(text));

    [Theory]
    [InlineData("a = ${HOME}", """{"a":"/root"}""")]
    [InlineData("a = ${?HOME}", """{"a":"/root"}""")]
    [InlineData("a = ${HOME}/lb", """{"a":"/root/lb"}""")]
    [InlineData("a = ${EMPTY}", """{"a":""}""")]
    [InlineData("a = ${?home}", "{}")]
    [InlineData("HOME = here, a = ${HOME}", """{"HOME":"here","a":"here"}""")]
    [InlineData("HOME = null, a = ${?HOME}", "{}")]
    [InlineData("HOME = ${HOME}/x", """{"HOME":"/root/x"}""")]
    [InlineData("a = ${dotted.name}", """{"a":"1"}""")]
    [InlineData("a = ${LIST[]}", """{"a":["x","y"]}""")]
    [InlineData("a = ${?LIST[]} [z]", """{"a":["x","y","z"]}""")]
    [InlineData("a = [w], a = ${?NONE[]}", """{"a":["w"]}""")]
    public void What_no_key_has_the_environment_may_have(string text, string expected) => Assert.Equal(
        expected,
        Trees.Of(text, ("HOME", "/root"), ("EMPTY", ""), ("dotted.name", "1"), ("LIST_0", "x"), ("LIST_1", "y"), ("LIST_3", "no")));

    [Theory]
    [InlineData("a = ${b.c}", "a.conf:1:5: ${b.c} is set neither in the configuration nor in the environment")]
    [InlineData("a = x ${\"b.c\"}", "a.conf:1:7: ${\"b.c\"} is set neither")]
    [InlineData("\na = [1, ${b}]", "a.conf:2:9: ${b} is set neither")]
    [InlineData("a = ${b}, a { c = 1 }", "a.conf:1:5: ${b} is set neither")]
    [InlineData("a = ${b.c}, b = 1", "a.conf:1:5: ${b.c} is set neither")]
    [InlineData("a = ${B[]}", "a.conf:1:5: ${B[]} is set neither")]
    [InlineData("a = ${b}, b = ${c}", "a.conf:1:15: ${c} is set neither")]
    public void Without_it_what_is_missing_is_told_where_it_is_asked_for(string text, string expected) =>
        Assert.StartsWith(expected, Trees.Problem(text), StringComparison.Ordinal);

    [Fact]
    public void All_that_are_missing_are_told_at_once() => Assert.Equal(3, Trees.Problems("a = ${x}\nb = ${y}", "c = ${z}").Length);

    [Theory]
    [InlineData("a = ${none}, a = 42")]
    [InlineData("a = ${none}, a = ${b}, b = 42")]
    [InlineData("a = ${a}, a = 42")]
    [InlineData("a = ${none}, a = null, a = 42")]
    public void What_is_hidden_is_never_looked_up(string text) =>
        Assert.StartsWith("""{"a":"42""", Trees.Of(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("a = ${}", "unexpected '}'; expected a path")]
    [InlineData("a = ${?}", "unexpected '}'; expected a path")]
    [InlineData("a = ${ ?b}", "unexpected '?'; expected a path")]
    [InlineData("a = ${b", "the text ends where '}' after the path in ${...} should be")]
    [InlineData("a = [${]", "unexpected ']'; expected a path")]
    [InlineData("a = ${b\n}", "unexpected end of line; expected '}'")]
    [InlineData("a = ${b # c\n}", "unexpected end of line; expected '}'")]
    [InlineData("a = ${${b}}", "unexpected '${'; expected a path")]
    [InlineData("a = ${b..c}", "nothing stands at one side of a dot")]
    [InlineData("a = ${b.}", "nothing stands at one side of a dot")]
    [InlineData("a = ${B[0]}", "expected ']'")]
    [InlineData("a = $ {b}", "needs quotes")]
    public void A_path_that_is_none_is_one_line(string text, string expected) =>
        Assert.Contains(expected, Trees.Problem(text), StringComparison.Ordinal);

    [Fact]
    public void What_is_laid_over_later_is_seen_by_what_was_read_first() =>
        Assert.Equal("""{"a":"3","b":"3"}""", Trees.Of(["a = ${b}, b = 1", "b = 2", "b = 3"]));
}
