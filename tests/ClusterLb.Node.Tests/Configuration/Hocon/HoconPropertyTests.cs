using ClusterLb.Node.Configuration.Hocon;
using CsCheck;

namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>What holds for every text, made of what HOCON is made of and of what it is not.</summary>
public sealed class HoconPropertyTests
{
    private static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", "=", ":", "+=", ",", ".", "\n", "\r\n", " ", "\u00a0", "\"", "\"\"\"", "\\", "\\u12", "#", "//",
        "$", "${", "${?", "a", "b-c", "1", "null", "\u00e9", "\0", "\ud83d", "include ", "required(", ")", "*", "@",
        "a = ", "${a}", "${?b-c}", "b-c { a = 1 }\n",
    ];

    /// <summary>Whole statements of few keys, so that they meet.</summary>
    private static readonly string[] s_statements =
    [
        "a = 1", "a = ${b}", "a = ${?b}", "b = ${a}", "b = ${?a} x", "c = ${a}${b}", "a { b = ${c} }", "a { b = ${?a} }", "b { a = 2 }",
        "c += 1", "c += ${?b}", "c = [1] ${?c}", "a = ${?c} { x = 1 }", "a.b = ${?a.b}2", "b = null", "c = ${?b} ${?a}", "a = ${?a}",
        "b = [${?c}, ${?a}]",
    ];

    private static readonly Gen<string> s_texts =
        Gen.Int[0, s_pieces.Length - 1].Select(i => s_pieces[i]).Array[0, 40].Select(string.Concat);

    private static readonly Gen<string[]> s_documents =
        Gen.Int[0, s_statements.Length - 1].Select(i => s_statements[i]).Array[0, 12];

    private static readonly Gen<string> s_names = Gen.Char.Array[0, 4].Select(chars => new string(chars));

    [Fact]
    public void Any_text_is_either_read_or_refused_with_a_place_in_it() => s_texts.Sample(text =>
    {
        var document = new HoconDocument();
        document.AddText("a.conf", text);
        document.Resolve(new Dictionary<string, string>());

        var lines = text.Split('\n');
        Assert.All(document.Problems, problem =>
        {
            Assert.NotEmpty(problem.Message);
            Assert.Equal("a.conf", problem.Place.Source);
            Assert.InRange(problem.Place.Line, 1, lines.Length);
            Assert.InRange(problem.Place.Column, 0, lines[problem.Place.Line - 1].Length + 1);
        });
    });

    [Fact]
    public void Any_bytes_are_either_read_or_refused_in_lines_that_name_the_file()
    {
        using var folder = new ConfFolder();
        Gen.Byte.Array[0, 60].Sample(
            bytes =>
            {
                File.WriteAllBytes(folder.PathOf("a.conf"), bytes);
                Assert.All(folder.Problems("a.conf"), line => Assert.StartsWith("a.conf", line, StringComparison.Ordinal));
            },
            threads: 1);
    }

    [Fact]
    public void What_was_read_and_is_printed_comes_to_the_same() => s_texts.Sample(text =>
    {
        var document = new HoconDocument();
        document.AddText("a.conf", text);
        var tree = Trees.Print(document.Resolve(new Dictionary<string, string>()).Tree);
        if (document.Problems.Count == 0) Assert.Equal(tree, Trees.Of(tree));
    });

    [Fact]
    public void Any_tree_that_is_printed_is_read_as_itself() => Gen.Recursive<ConfigurationNode>((depth, inner) => depth == 3
        ? s_names.Select(text => (ConfigurationNode)new TextNode("", 0, text))
        : Gen.OneOf(
            s_names.Select(text => (ConfigurationNode)new TextNode("", 0, text)),
            inner.Array[0, 3].Select(items => (ConfigurationNode)new ListNode("", 0, items)),
            Gen.Select(s_names, inner).Array[0, 3].Select(members => (ConfigurationNode)new ObjectNode(
                "", 0, members.DistinctBy(member => member.Item1).ToDictionary(member => member.Item1, member => member.Item2)))))
        .Select(node => $"{{\"root\":{Trees.Print(node)}}}")
        .Sample(text => Assert.Equal(text, Trees.Of(text)));

    [Fact]
    public void Whether_it_stands_in_one_file_or_in_several_is_the_same() => s_documents.Sample(statements =>
    {
        var (one, several) = (new HoconDocument(), new HoconDocument());
        one.AddText("a.conf", string.Join('\n', statements));
        foreach (var statement in statements) several.AddText("a.conf", statement);

        Assert.Equal(Outcome(one), Outcome(several));
    });

    [Fact]
    public void Names_in_a_path_come_out_as_they_went_in() => s_names.Array[1, 5].Sample(names =>
        Assert.Equal(names, HoconPath.Parse("--set", HoconPath.Print(names))));

    private static string Outcome(HoconDocument document)
    {
        var tree = Trees.Print(document.Resolve(new Dictionary<string, string>()).Tree);
        return document.Problems.Count == 0 ? tree : "problems";
    }
}
