using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>Writes a tree down as one of the many people would who write HOCON: every choice of form that is free is drawn.</summary>
internal sealed partial class HoconHand(Random random)
{
    private static readonly string[] s_spaces = ["", "", " ", "  ", "\t", "\u00a0", "\ufeff ", " \u2003"];
    private static readonly string[] s_lines = ["\n", "\n\n", "\r\n", " # a comment, \"with\" { = }\n", "\t// another: [1]\r\n", "\n#\n"];

    /// <summary>The whole as one text.</summary>
    public string Write(ObjectNode root)
    {
        var body = $"{Blank()}{Join(Statements(root))}{Blank()}";
        return OneIn(3) ? $"{Blank()}{{{body}}}{Blank()}" : body;
    }

    /// <summary>What a block holds, in any order: the same whether it stands in one text or each in its own.</summary>
    public string[] Statements(ObjectNode block)
    {
        var statements = block.Members.SelectMany(member => Statements([member.Key], member.Value)).ToArray();
        random.Shuffle(statements);
        return statements;
    }

    /// <summary>A member, or one statement for each that it holds: <c>a { b = 1 }</c> is <c>a.b = 1</c>.</summary>
    private IEnumerable<string> Statements(string[] path, ConfigurationNode value)
    {
        if (value is ObjectNode { Members.Count: > 0 } block && OneIn(2))
            return block.Members.SelectMany(member => Statements([.. path, member.Key], member.Value));
        if (value is ListNode { Items.Count: > 1 } list && OneIn(3)) return [Appended(path, list)];
        return [$"{Path(path)}{Assign(value)}{Value(value)}"];
    }

    /// <summary>One after the other: what is added to a list has an order.</summary>
    private string Appended(string[] path, ListNode list)
    {
        var first = random.Next(1, list.Items.Count);
        return string.Join(Separator(), list.Items.Skip(first)
            .Select(item => $"{Path(path)}{Space()}+={Space()}{Value(item)}")
            .Prepend($"{Path(path)}{Space()}={Space()}{Value(list with { Items = [.. list.Items.Take(first)] })}"));
    }

    private string Path(string[] path) => string.Join('.', path.Select(Name));

    private string Name(string name) => PlainName().IsMatch(name) && name is not ("null" or "include") && OneIn(2) ? name : Quoted(name);

    private string Assign(ConfigurationNode value) => value is ObjectNode && OneIn(2)
        ? Space()
        : $"{(OneIn(8) ? "\n" : Space())}{(OneIn(2) ? "=" : ":")}{(OneIn(8) ? Blank() : Space())}";

    private string Value(ConfigurationNode value) => value switch
    {
        ObjectNode { Members.Count: > 1 } block when OneIn(4) => $"{Block(block, 0, 1)}{Space()}{Block(block, 1, block.Members.Count)}",
        ObjectNode block => Block(block, 0, block.Members.Count),
        ListNode { Items.Count: > 1 } list when OneIn(4) => $"{List(list.Items.Take(1))}{Space()}{List(list.Items.Skip(1))}",
        ListNode list => List(list.Items),
        TextNode text => Text(text.Text),
        _ => "null",
    };

    private string Block(ObjectNode block, int from, int to) => Enclosed('{',
        Statements(block with { Members = block.Members.Skip(from).Take(to - from).ToDictionary() }), '}');

    private string List(IEnumerable<ConfigurationNode> items) => Enclosed('[', [.. items.Select(Value)], ']');

    private string Enclosed(char open, string[] parts, char close) =>
        $"{open}{Blank()}{Join(parts)}{(parts.Length > 0 && OneIn(4) ? $"{Space()}," : "")}{Blank()}{close}";

    private string Text(string text)
    {
        if (text.Length > 1 && OneIn(4))
        {
            var cut = random.Next(1, text.Length);
            if (!char.IsSurrogatePair(text, cut - 1)) return $"{Quoted(text[..cut])}{Quoted(text[cut..])}";
        }

        if (PlainText().IsMatch(text) && text is not "null" && OneIn(2)) return text;
        return text.All(c => c is >= ' ' and <= '~' and not '"') && OneIn(4) ? $"\"\"\"{text}\"\"\"" : Quoted(text);
    }

    private string Quoted(string text) => $"\"{string.Concat(text.Select(Escaped))}\"";

    private string Escaped(char c) => c is < ' ' or '"' or '\\' or > '~' || OneIn(16)
        ? $"\\u{(int)c:x4}"
        : c.ToString();

    private string Join(IEnumerable<string> parts) =>
        string.Join("", parts.SelectMany((part, i) => i == 0 ? new[] { part } : [Separator(), part]));

    private string Separator() => random.Next(5) switch
    {
        0 => $"{Space()},{Space()}",
        1 => $"{Space()},{Blank()}",
        2 => $"{Line()}{Space()},{Space()}",
        _ => $"{Line()}{Space()}",
    };

    private string Line() => s_lines[random.Next(s_lines.Length)];

    private string Space() => s_spaces[random.Next(s_spaces.Length)];

    private string Blank() => OneIn(2) ? Space() : $"{Line()}{Space()}";

    private bool OneIn(int count) => random.Next(count) == 0;

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex PlainName();

    [GeneratedRegex("^[A-Za-z0-9_-]+([ ./][A-Za-z0-9_-]+)*$")]
    private static partial Regex PlainText();
}
