namespace ClusterLb.Node.Tests.Configuration.Hocon;

public sealed class HoconIncludeTests
{
    [Theory]
    [InlineData("include \"b.conf\"")]
    [InlineData("include\"b.conf\"")]
    [InlineData("include\n\n  \"b.conf\"")]
    [InlineData("include file(\"b.conf\")")]
    [InlineData("include required(\"b.conf\")")]
    [InlineData("include required(file(\"b.conf\"))")]
    [InlineData("include required( file(\n\"b.conf\" ) )")]
    [InlineData("include \"b\"")]
    [InlineData("include required(\"b\")")]
    [InlineData("{ include \"b.conf\" }")]
    [InlineData("include \"b.conf\",")]
    public void A_file_stands_for_what_it_holds(string include)
    {
        using var folder = new ConfFolder(("a.conf", include), ("b.conf", "x = 1"));

        Assert.Equal("""{"x":"1"}""", folder.Read("a.conf"));
    }

    [Fact]
    public void What_was_set_before_is_written_over_and_what_is_set_after_writes_over_it()
    {
        using var folder = new ConfFolder(
            ("a.conf", "p { x = 1, y = 1, z = 1 }, include \"b.conf\", p.z = 3"), ("b.conf", "{ p { y = 2, z = 2 } }"));

        Assert.Equal("""{"p":{"x":"1","y":"2","z":"3"}}""", folder.Read("a.conf"));
    }

    [Fact]
    public void A_name_is_relative_to_the_file_that_it_is_in()
    {
        using var folder = new ConfFolder(
            ("a.conf", "include \"in/b.conf\""),
            ("in/b.conf", "include file(\"c.conf\"), include \"../d.conf\""),
            ("in/c.conf", "c = 1"),
            ("d.conf", "d = 1"));

        Assert.Equal("""{"c":"1","d":"1"}""", folder.Read("a.conf"));
    }

    [Fact]
    public void A_name_may_be_absolute()
    {
        using var folder = new ConfFolder(("b.conf", "x = 1"));
        using var other = new ConfFolder(("a.conf", $"include \"{folder.PathOf("b.conf")}\""));

        Assert.Equal("""{"x":"1"}""", other.Read("a.conf"));
    }

    [Fact]
    public void A_name_without_extension_is_that_of_JSON_and_HOCON_and_HOCON_wins()
    {
        using var folder = new ConfFolder(
            ("a.conf", "include \"b\""), ("b.conf", "x = conf"), ("b.json", """{ "x": "json", "y": "json" }"""));

        Assert.Equal("""{"x":"conf","y":"json"}""", folder.Read("a.conf"));
    }

    [Theory]
    [InlineData("include \"none.conf\"")]
    [InlineData("include file(\"none.conf\")")]
    [InlineData("include \"none/none.conf\"")]
    [InlineData("include \"none\"")]
    [InlineData("include \"\\u0000\"")]
    public void What_is_not_there_is_left_out(string include)
    {
        using var folder = new ConfFolder(("a.conf", $"{include}, x = 1"));

        Assert.Equal("""{"x":"1"}""", folder.Read("a.conf"));
    }

    [Theory]
    [InlineData("include required(\"none.conf\")")]
    [InlineData("include required(file(\"none.conf\"))")]
    public void What_is_required_and_not_there_is_told_with_its_path(string include)
    {
        using var folder = new ConfFolder(("in/a.conf", $"x = 1\n  {include}"));

        Assert.Equal(["in/a.conf:2:3: \"none.conf\" is required, but there is no file in/none.conf"], folder.Problems("in/a.conf"));
    }

    [Fact]
    public void Substitutions_of_a_file_that_is_included_in_a_block_look_there_first_and_then_further_out()
    {
        using var folder = new ConfFolder(
            ("a.conf", "a { include \"b.conf\" }, outer = 1, x = no, env.z = 9"),
            ("b.conf", "x = 10, y = ${x}, o = ${outer}, b { include \"c.conf\" }"),
            ("c.conf", "v = ${x}, w = ${own}, own = 2, z = ${env.z}"));

        Assert.Equal(
            """{"a":{"x":"10","y":"10","o":"1","b":{"v":"10","w":"2","own":"2","z":"9"}},"outer":"1","x":"no","env":{"z":"9"}}""",
            folder.Read("a.conf"));
    }

    [Fact]
    public void They_see_what_is_set_later()
    {
        using var folder = new ConfFolder(
            ("a.conf", "a { include \"b.conf\" }\na { x = 42 }"), ("b.conf", "x = 10, y = ${x}"), ("c.conf", "a.x = 43"));

        Assert.Equal("""{"a":{"x":"42","y":"42"}}""", folder.Read("a.conf"));
        Assert.Equal("""{"a":{"x":"43","y":"43"}}""", folder.Read("a.conf", "c.conf"));
    }

    [Fact]
    public void They_look_into_their_file_also_when_it_stands_in_a_list()
    {
        using var folder = new ConfFolder(
            ("a.conf", "a = [{ include \"b.conf\" }, { x = 2, include \"b.conf\", x = 3 }], l += { include \"b.conf\" }"),
            ("b.conf", "x = 1, y = ${x}, x = ${x}"));

        Assert.Equal("""{"a":[{"x":"1","y":"1"},{"x":"3","y":"3"}],"l":[{"x":"1","y":"1"}]}""", folder.Read("a.conf"));
    }

    [Fact]
    public void A_file_may_take_from_outside_what_it_sets_itself()
    {
        using var folder = new ConfFolder(("a.conf", "t = 5s, a { include \"b.conf\" }"), ("b.conf", "t = ${t}"));

        Assert.Equal("""{"t":"5s","a":{"t":"5s"}}""", folder.Read("a.conf"));
    }

    [Fact]
    public void What_an_included_file_holds_knows_its_own_place()
    {
        using var folder = new ConfFolder(("a.conf", "\n\ninclude \"in/b.conf\""), ("in/b.conf", "x = 1\ny = ${none}"));

        Assert.StartsWith("in/b.conf:2:5: ${none} is set neither", Assert.Single(folder.Problems("a.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_in_several_files_is_told_at_once()
    {
        using var folder = new ConfFolder(
            ("a.conf", "include \"b.conf\"\ninclude \"c.conf\"\ninclude \"in\"\nx = @"),
            ("b.conf", "x = "),
            ("c.conf", "\ny }"),
            ("in/d.conf", ""));

        Assert.Equal(
            [
                "b.conf:1:5: the text ends where a value should be",
                "c.conf:2:3: unexpected '}'; expected '=', ':' or '{' after a key",
                "in: is a directory; give a file in it; it is included at a.conf:3:1",
                "a.conf:4:5: unexpected '@'; a text with that character needs quotes",
            ],
            folder.Problems("a.conf"));
    }

    [Fact]
    public void An_included_file_must_hold_keys()
    {
        using var folder = new ConfFolder(("a.conf", "include \"b.json\""), ("b.json", "[1]"));

        Assert.Equal(["b.json:1:1: a list stands here; a file must hold keys, such as clusterlb { ... }"], folder.Problems("a.conf"));
    }

    [Fact]
    public void A_file_that_includes_itself_is_told_with_the_way()
    {
        using var folder = new ConfFolder(
            ("a.conf", "include \"b.conf\""),
            ("b.conf", "\n include \"in/c.conf\""),
            ("in/c.conf", "include \"../b.conf\""),
            ("self.conf", "x { include \"self.conf\" }"));

        Assert.Equal(
            ["in/c.conf:1:1: \"in/../b.conf\" includes itself, by way of b.conf:2:2, in/c.conf:1:1"], folder.Problems("a.conf"));
        Assert.Equal(["self.conf:1:5: \"self.conf\" includes itself, by way of self.conf:1:5"], folder.Problems("self.conf"));
    }

    [Fact]
    public void A_circle_of_links_ends_too()
    {
        using var folder = new ConfFolder(("a.conf", "include \"in/a.conf\""));
        Directory.CreateSymbolicLink(folder.PathOf("in"), folder.PathOf("."));

        Assert.EndsWith("files are included more than 32 deep", Assert.Single(folder.Problems("a.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_include_others_twice_each_do_not_go_on_for_ever()
    {
        var files = Enumerable.Range(0, 20).Select(i => ($"{i}.conf", $"include \"{i + 1}.conf\"\ninclude \"{i + 1}.conf\""));
        using var folder = new ConfFolder([.. files]);

        Assert.EndsWith(
            "is one file too many; 1000 at most can be read", Assert.Single(folder.Problems("0.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_be_included_in_several_places()
    {
        using var folder = new ConfFolder(("a.conf", "a { include \"b\" }, b { include \"b\", x = 2 }"), ("b.conf", "x = 1, y = ${x}"));

        Assert.Equal("""{"a":{"x":"1","y":"1"},"b":{"x":"2","y":"2"}}""", folder.Read("a.conf"));
    }

    [Theory]
    [InlineData("include url(\"http://h/x.conf\")", "only files can be included; it must be include \"FILE\"")]
    [InlineData("include required(url(\"http://h/x.conf\"))", "only files can be included; it must be include \"FILE\"")]
    [InlineData("include classpath(\"x.conf\")", "only files can be included; it must be include \"FILE\"")]
    [InlineData("include \"http://h/x.conf\"", "only files can be included; \"http://h/x.conf\" must be the name of one")]
    [InlineData("include x.conf", "include must be followed by a file's name in quotes; a key of that name needs quotes")]
    [InlineData("include { a = 1 }", "include must be followed by a file's name in quotes; a key of that name needs quotes")]
    [InlineData("include = 1", "include must be followed by a file's name in quotes; a key of that name needs quotes")]
    [InlineData("include ${x}", "include must be followed by a file's name in quotes; a key of that name needs quotes")]
    [InlineData("include required(x)", "include must be followed by a file's name in quotes; a key of that name needs quotes")]
    [InlineData("include file(required(\"x\"))", "include must be followed by a file's name in quotes; a key of that name needs quotes")]
    [InlineData("include \"\"", "the name after include is empty; it must be a file")]
    [InlineData("include file(\"x\"", "the text ends where ')' after the file's name should be")]
    [InlineData("include required(file(\"x\")", "the text ends where ')' after the file's name should be")]
    [InlineData("include file(\"x\"))", "unexpected ')'; expected ')' after the file's name")]
    [InlineData("include \"x\" = 1", "unexpected '='; expected a comma or a new line")]
    [InlineData("include \"x\" \"y\"", "unexpected '\"'; expected a comma or a new line")]
    public void What_cannot_be_included_is_one_line(string include, string expected)
    {
        using var folder = new ConfFolder(("a.conf", include));

        Assert.Contains(expected, Assert.Single(folder.Problems("a.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_file_can_include_files() => Assert.Equal(
        "a.conf:1:1: only a file can include files; it must stand in one that --config names", Trees.Problem("include \"b.conf\""));
}
