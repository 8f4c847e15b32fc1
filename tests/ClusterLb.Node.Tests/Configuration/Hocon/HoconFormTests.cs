using ClusterLb.Node.Configuration.Hocon;
using CsCheck;

namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>What HOCON leaves to whoever writes it makes no difference to what is read.</summary>
public sealed class HoconFormTests
{
    private static readonly string[] s_words =
    [
        "a", "b-c", "10.0.0.1", "two words", "a/b", "5s", "true", "null", "include", "1.5e3", "007", "", " ", "a b ", "x,y", "k = v",
        "# no", "//x", "${a}", "\"q\"", "\\", "é", "\u00a0", "\n", "\ud83d\ude00", "{", "]",
    ];

    private static readonly Gen<string> s_texts = Gen.Int[0, s_words.Length - 1].Select(i => s_words[i]);

    private static readonly Gen<ConfigurationNode> s_trees = Gen.Recursive<ConfigurationNode>((depth, inner) => depth == 4
        ? s_texts.Select(text => (ConfigurationNode)new TextNode("", 0, text))
        : Gen.OneOf(
            s_texts.Select(text => (ConfigurationNode)new TextNode("", 0, text)),
            inner.Array[0, 4].Select(items => (ConfigurationNode)new ListNode("", 0, items)),
            Gen.Select(s_texts, inner).Array[0, 4].Select(members => (ConfigurationNode)Block(members))));

    private static readonly Gen<ObjectNode> s_roots = Gen.Select(s_texts, s_trees).Array[0, 5].Select(Block);

    /// <summary>Keys that take their values from one another, never in a circle, and blocks that are written in several pieces.</summary>
    private static readonly Gen<string[]> s_statements = Gen.Int[0, 4].Array[6].Select(Gen.Int[0, 5].Array[6], (forms, others) =>
        forms.Select((form, i) => (Form: form, Key: $"k{i}", Other: $"k{i + 1 + (others[i] % (6 - i))}")).SelectMany(one => one.Form switch
        {
            0 => [$"{one.Key}.text = ${{{one.Other}.text}}"],
            1 => [$"{one.Key}.text = a ${{?nobody}}${{{one.Other}.text}} b", $"{one.Key}.x = 1"],
            2 => [$"{one.Key} {{ y = [${{{one.Other}.text}}] }}", $"{one.Key}.text = ${{?{one.Other}.text}}"],
            3 => [$"{one.Key} = ${{{one.Other}}}", $"{one.Key}.own{one.Key} = ${{{one.Other}.text}}"],
            _ => new[] { $"{one.Key} {{ text = t }}", $"{one.Key} {{ z {{ w = 1 }} }}", $"{one.Key}.z.v = ${{{one.Key}.z.w}}" },
        }).Append("k6 { text = end }").ToArray());

    [Fact]
    public void However_a_tree_is_written_it_is_read_as_itself() => Gen.Select(s_roots, Gen.Int).Sample((root, seed) =>
    {
        var text = new HoconHand(new Random(seed)).Write(root);

        Assert.Equal(Trees.Print(Sorted(root)), Read(text));
    }, iter: 3_000);

    [Fact]
    public void Statement_by_statement_it_is_the_same_as_at_once() => Gen.Select(s_roots, Gen.Int).Sample((root, seed) =>
        Assert.Equal(Trees.Print(Sorted(root)), Read(new HoconHand(new Random(seed)).Statements(root))), iter: 1_000);

    [Fact]
    public void The_order_of_keys_does_not_matter() => Gen.Select(s_statements, Gen.Int).Sample((statements, seed) =>
    {
        var shuffled = statements.ToArray();
        new Random(seed).Shuffle(shuffled);

        Assert.Equal(Read(string.Join('\n', statements)), Read(string.Join('\n', shuffled)));
        Assert.Equal(Read(statements), Read(shuffled));
    }, iter: 2_000);

    [Theory]
    [InlineData("a = 1", "a = 2")]
    [InlineData("a = 1", "a = ${?a} 2")]
    [InlineData("a += 1", "a += 2")]
    [InlineData("a { x = 1 }", "a = null")]
    [InlineData("a = ${b}", "a.x = 1")]
    public void Of_one_key_it_does(string one, string other) =>
        Assert.NotEqual(Read($"b {{ x = 0 }}\n{one}\n{other}"), Read($"b {{ x = 0 }}\n{other}\n{one}"));

    private static string Read(params string[] texts)
    {
        var document = new HoconDocument();
        foreach (var text in texts) document.AddText("a.conf", text);
        var tree = document.Resolve(new Dictionary<string, string>()).Tree;
        var problems = string.Join('\n', document.Problems.Select(problem => $"{problem.Place}: {problem.Message}"));
        Assert.True(problems.Length == 0, $"{problems}\nin\n{string.Join('\n', texts)}");
        return Trees.Print(Sorted(tree));
    }

    private static ConfigurationNode Sorted(ConfigurationNode node) => node switch
    {
        ObjectNode block => block with
        {
            Members = block.Members.OrderBy(member => member.Key, StringComparer.Ordinal)
                .ToDictionary(member => member.Key, member => Sorted(member.Value)),
        },
        ListNode list => list with { Items = [.. list.Items.Select(Sorted)] },
        _ => node,
    };

    private static ObjectNode Block((string Key, ConfigurationNode Value)[] members) => new("", 0, members
        .DistinctBy(member => member.Key).ToDictionary(member => member.Key, member => member.Value));
}
