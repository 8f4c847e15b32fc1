namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>Values that name what they replace, and circles; the examples of the specification, in our words.</summary>
public class HoconSelfReferenceTests
{
    [Theory]
    [InlineData("path = \"a:b\", path = ${path}\":c\"", """{"path":"a:b:c"}""")]
    [InlineData("path = [/bin], path = ${path} [/usr/bin]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("a = 1, a = ${a}", """{"a":"1"}""")]
    [InlineData("a = 1, a = ${a}, a = ${a}, a = ${a}", """{"a":"1"}""")]
    [InlineData("a = 1, a = ${a}2, a = ${a}3", """{"a":"123"}""")]
    [InlineData("a { b = 5 }, a = ${a}", """{"a":{"b":"5"}}""")]
    [InlineData("a { b = 5 }, a = ${a}, a { c = 6 }", """{"a":{"b":"5","c":"6"}}""")]
    [InlineData("a { b { c = 1 } }, a = ${a.b}, a { b = 2 }", """{"a":{"b":"2","c":"1"}}""")]
    [InlineData("a = 1, a = ${a}, a = 2", """{"a":"2"}""")]
    [InlineData("a = ${a}, a = 1, a = 2", """{"a":"2"}""")]
    [InlineData("a = ${?a}, a = 1, a = 2", """{"a":"2"}""")]
    [InlineData("a.b = 1, a.b = ${a.b}2", """{"a":{"b":"12"}}""")]
    [InlineData("d.b = 1, a = ${d}, a.b = ${a.b}2", """{"d":{"b":"1"},"a":{"b":"12"}}""")]
    public void A_value_that_names_what_it_replaces_gets_that(string text, string expected)
    {
        Assert.Equal(expected, Trees.Of(text));
        Assert.Equal(expected, Trees.Of(text.Split(", ")));
    }

    [Theory]
    [InlineData("a = ${?a}", "{}")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("a = ${?a} [1]", """{"a":["1"]}""")]
    [InlineData("a = ${?b}, b = ${?a}", "{}")]
    [InlineData("a = ${?b}, b = ${?c.d}, c.d = ${?a}", """{"c":{}}""")]
    [InlineData("a { b = ${?a} }", """{"a":{}}""")]
    [InlineData("a { b = 1, b = ${?a} }", """{"a":{"b":"1"}}""")]
    [InlineData("a { b = ${?a} { c = 1 } }", """{"a":{"b":{"c":"1"}}}""")]
    [InlineData("a = [${?a}]", """{"a":[]}""")]
    [InlineData("a { b = ${c} }, c { d = ${?a} }", """{"a":{"b":{}},"c":{}}""")]
    public void One_that_may_be_missing_and_needs_itself_is_missing(string text, string expected) => Assert.Equal(expected, Trees.Of(text));

    [Theory]
    [InlineData("a = 1, b = ${a}, a = ${b}", "1", "1")]
    [InlineData("a = 1, b = ${a}foo, a = ${b}", "1foo", "1foo")]
    [InlineData("a = 1, b = ${a}, a = ${b}2", "12", "1")]
    [InlineData("a = 1, c = ${a}, b = ${c}, a = ${b}2", "12", "1")]
    [InlineData("a = [1], a = ${b}, a += 3, b = ${a} [2]", """["1","2","3"]""", """["1","2"]""")]
    public void Who_is_asked_first_does_not_matter(string text, string a, string b)
    {
        foreach (var order in Orders(text.Split(", ")))
        {
            var json = Trees.Of(string.Join('\n', order));

            Assert.Contains($"\"a\":{(a[0] == '[' ? a : $"\"{a}\"")}", json, StringComparison.Ordinal);
            Assert.Contains($"\"b\":{(b[0] == '[' ? b : $"\"{b}\"")}", json, StringComparison.Ordinal);
        }
    }

    /// <summary>Every order that leaves the values of one key in theirs.</summary>
    private static IEnumerable<string[]> Orders(string[] members) => members.Length == 0
        ? [[]]
        : members.Where((member, i) => !members.Take(i).Any(other => other[0] == member[0]))
            .SelectMany(first => Orders([.. members.Where(member => member != first)]).Select(rest => (string[])[first, .. rest]));

    [Fact]
    public void Of_two_that_name_each_other_both_are_the_same()
    {
        // Which of the two values it is, is left open.
        string[] possible = ["""{"a":"1","b":"1"}""", """{"a":"2","b":"2"}"""];
        Assert.Contains(Trees.Of("a = 1, b = 2, a = ${b}, b = ${a}"), possible);
    }

    [Theory]
    [InlineData("a = ${a}", "a.conf:1:5: ${a} names what it sets, and nothing was set before")]
    [InlineData("a = ${a}, a { b = 1 }", "a.conf:1:5: ${a} names what it sets, and nothing was set before")]
    [InlineData("a = x${a}", "a.conf:1:6: ${a} names what it sets, and nothing was set before")]
    [InlineData("a = ${a.b}", "a.conf:1:5: ${a.b} names what it sets, and nothing was set before")]
    [InlineData("a = ${b}\nb = ${a}", "a.conf:1:5: values lead round in a circle: ${b} at a.conf:1:5, ${a} at a.conf:2:5")]
    [InlineData(
        "a = ${b}\nb = ${c}x\nc = ${a}",
        "a.conf:1:5: values lead round in a circle: ${b} at a.conf:1:5, ${c} at a.conf:2:5, ${a} at a.conf:3:5")]
    [InlineData("a { b = ${a} }", "a.conf:1:9: ${a} stands in what it names")]
    [InlineData("a = [${a}]", "a.conf:1:6: ${a} stands in what it names")]
    [InlineData("a += ${a}", "a.conf:1:6: ${a} stands in what it names")]
    [InlineData("a { b = ${c} }\nc { d = ${a} }", "a.conf:1:9: values hold one another: ${c} at a.conf:1:9, ${a} at a.conf:2:9")]
    [InlineData("a { b = ${c} { x = 1 } }\nc = ${a}", "a.conf:1:9: ${c} stands in what it names")]
    public void A_circle_is_told_once_with_the_places_that_it_goes_by(string text, string expected) =>
        Assert.Equal(expected, Trees.Problem(text));

    [Fact]
    public void Who_leads_into_a_circle_is_not_blamed_for_it() =>
        Assert.Equal(
        ["a.conf:2:5: values lead round in a circle: ${b} at a.conf:2:5, ${a} at a.conf:3:5"],
        Trees.Problems("x = ${a}\na = ${b}\nb = ${a}"));

    [Theory]
    [InlineData("a += 1", """{"a":["1"]}""")]
    [InlineData("a = [1], a += 2", """{"a":["1","2"]}""")]
    [InlineData("a += [1], a += [2]", """{"a":[["1"],["2"]]}""")]
    [InlineData("a += { b = 1 }, a += { b = 2 }", """{"a":[{"b":"1"},{"b":"2"}]}""")]
    [InlineData("a.b.c = [1], a.b.c += 2", """{"a":{"b":{"c":["1","2"]}}}""")]
    [InlineData("a { b { c = [1] } }, a { b { c += 2 } }", """{"a":{"b":{"c":["1","2"]}}}""")]
    [InlineData("x = [1], a = ${x}, a += ${y}, y = 2", """{"x":["1"],"a":["1","2"],"y":"2"}""")]
    [InlineData("x = [{ a += 1, a += 2 }]", """{"x":[{"a":["1","2"]}]}""")]
    [InlineData("x += { a += 1, a += 2 }", """{"x":[{"a":["1","2"]}]}""")]
    [InlineData("a = [1], a = null, a += 2", """{"a":["2"]}""")]
    [InlineData("a += ${?none}", """{"a":[]}""")]
    [InlineData("a.0 = x, a += y", """{"a":["x","y"]}""")]
    [InlineData("d { a = [1] }, e = ${d}, e { a += 2 }", """{"d":{"a":["1"]},"e":{"a":["1","2"]}}""")]
    public void Plus_equals_adds_an_item_to_what_was_set_before(string text, string expected) => Assert.Equal(expected, Trees.Of(text));

    [Fact]
    public void Plus_equals_adds_to_what_another_file_set() =>
        Assert.Equal("""{"a":{"b":["1","2","3"]}}""", Trees.Of(["a.b = [1]", "a.b += 2", "a { b += 3 }"]));

    [Theory]
    [InlineData("a = 10\na += 2", "a text")]
    [InlineData("a { x = y }\na += 2", "a block")]
    [InlineData("b = x\na = ${b}\na += 2", "a text")]
    public void Only_to_a_list_something_can_be_added(string text, string kind) =>
        Assert.EndsWith($": += adds to a list, but what was set before is {kind}", Trees.Problem(text), StringComparison.Ordinal);
}
