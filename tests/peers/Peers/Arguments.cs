namespace Peers;

/// <summary>Command line words as a dictionary: "--name value", or "--name" alone.</summary>
internal static class Arguments
{
    public static Dictionary<string, string> Parse(IReadOnlyList<string> words)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ArgumentException($"what is '{words[i]}'?");
            }

            var hasValue = i + 1 < words.Count && !words[i + 1].StartsWith("--", StringComparison.Ordinal);
            options[words[i][2..]] = hasValue ? words[++i] : "";
        }

        return options;
    }
}
