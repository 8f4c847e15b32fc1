using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ClusterLb.Core.Printing;

namespace ClusterLb.Node.Configuration;

/// <summary>One thing wrong, in one line: where, what, and what would be right.</summary>
/// <param name="Source">The file, <c>environment</c> or <c>--set</c>.</param>
/// <param name="Key">The full key, or empty when the whole source is meant.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed partial record ConfigurationProblem(string Source, string Key, string Message)
{
    /// <summary>Of a key or a message: what is longer is a file that somebody took for a value, or a list without end.</summary>
    private const int Most = 1_000;

    public string Key { get; } = Cut(Key);

    /// <summary>Without the password of a URL that somebody put where only an address belongs.</summary>
    public string Message { get; } = CredentialsPattern().Replace(Cut(Message), "***@");

    /// <summary>The configuration is legal, but this of it cannot work as it is meant.</summary>
    [JsonIgnore]
    public bool IsWarning { get; init; }

    /// <summary>One line, whatever the operator's texts hold.</summary>
    public override string ToString()
    {
        var line = $"{Source}: {(IsWarning ? "warning: " : "")}{(Key.Length == 0 ? "" : $"{Key}: ")}{Message}";
        return Printable.Of(new string([.. line.Select(c => char.IsControl(c) ? ' ' : c)]));
    }

    /// <summary>The end stays, for it says what would be right.</summary>
    private static string Cut(string text) => text.Length <= Most ? text : $"{text[..(Most / 2)]} ... {text[^(Most / 2)..]}";

    [GeneratedRegex(@"[^\s""/@]*:[^\s""/@]*@")]
    private static partial Regex CredentialsPattern();
}
