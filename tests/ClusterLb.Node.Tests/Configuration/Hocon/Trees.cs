using System.Globalization;
using System.Text;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration.Hocon;

/// <summary>Texts as what they come to, in a form that can be compared, and that is HOCON itself: JSON.</summary>
internal static class Trees
{
    public static string Of(string text, params (string Name, string Value)[] environment) => Of([text], environment);

    /// <summary>Of texts that are laid over each other.</summary>
    public static string Of(string[] texts, params (string Name, string Value)[] environment)
    {
        var (json, problems) = Try(texts, environment);
        Assert.Empty(problems);
        return json;
    }

    /// <summary>The one line that says what is wrong.</summary>
    public static string Problem(string text) => Assert.Single(Problems(text));

    public static string[] Problems(params string[] texts) => Try(texts, []).Problems;

    public static string Print(ConfigurationNode node) => node switch
    {
        ObjectNode block => $"{{{string.Join(',', block.Members.Select(member => $"{Quote(member.Key)}:{Print(member.Value)}"))}}}",
        ListNode list => $"[{string.Join(',', list.Items.Select(Print))}]",
        TextNode text => Quote(text.Text),
        _ => "null",
    };

    private static (string Json, string[] Problems) Try(string[] texts, (string Name, string Value)[] environment)
    {
        var document = new HoconDocument();
        foreach (var text in texts) document.AddText("a.conf", text);
        var tree = document.Resolve(environment.ToDictionary(variable => variable.Name, variable => variable.Value)).Tree;
        return (Print(tree), [.. document.Problems.Select(problem => $"{problem.Place}: {problem.Message}")]);
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is >= ' ' and <= '~' and not ('"' or '\\')) quoted.Append(c);
            else quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return quoted.Append('"').ToString();
    }
}
