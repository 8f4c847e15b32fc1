using System.Buffers;
using System.Text;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>
/// As much of a shell's syntax as pages need: comments, quotes, commands beside each other, redirections, variables before a command.
/// </summary>
internal static class ShellLine
{
    private static readonly SearchValues<char> s_variable = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

    /// <summary>The commands of a block, each in its words. What goes to a command from here (<c>&lt;&lt; END</c>) is left out.</summary>
    public static IEnumerable<string[]> CommandsOf(string text)
    {
        var lines = text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (var command in Split(lines[i])) yield return command;
            if (!lines[i].Contains("<<", StringComparison.Ordinal)) continue;
            var end = lines[i].Split("<<")[1].Trim().Trim('\'');
            while (lines[++i] != end) { }
        }
    }

    private static IEnumerable<string[]> Split(string line)
    {
        List<string> words = [];
        foreach (var word in WordsOf(line))
        {
            if (word is ";" or "|" or "&" or "&&" or "(" or ")")
            {
                if (words.Count > 0) yield return [.. words];
                words = [];
            }
            else if (words.Count > 0 || !(word == "do" || IsAssignment(word)))
            {
                words.Add(word);
            }
        }

        if (words.Count > 0) yield return [.. words];
    }

    private static bool IsAssignment(string word) => word.IndexOf('=', StringComparison.Ordinal) is var at and > 0
        && word.AsSpan(0, at).IndexOfAnyExcept(s_variable) < 0;

    /// <summary>Without comments and redirections.</summary>
    private static IEnumerable<string> WordsOf(string line)
    {
        var (word, quote, isRedirected) = (new StringBuilder(), '\0', false);
        foreach (var c in line + "\n")
        {
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else word.Append(c);
                continue;
            }

            if (c is '\'' or '"')
            {
                quote = c;
                continue;
            }

            if (c == '#' && word.Length == 0) yield break;
            if (c is not (' ' or '\n' or ';' or '|' or '&' or '(' or ')' or '<' or '>'))
            {
                word.Append(c);
                continue;
            }

            // The 2 of 2> is no word.
            if (c is '<' or '>' && word.ToString() is "2") word.Clear();
            if (word.Length > 0 && !isRedirected) yield return word.ToString();
            if (word.Length > 0) isRedirected = false;
            word.Clear();
            if (c is '<' or '>') isRedirected = true;
            else if (c is not (' ' or '\n')) yield return c.ToString();
        }
    }
}
