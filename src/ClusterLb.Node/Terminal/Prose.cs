namespace ClusterLb.Node.Terminal;

/// <summary>Sentences beside tables.</summary>
internal static class Prose
{
    /// <summary>A line; on a terminal that is too narrow for it several, broken between words.</summary>
    public static void WriteProse(this TextWriter output, string text)
    {
        if (output is not PrintableWriter { LineWidth: { } width })
        {
            output.WriteLine(text);
            return;
        }

        foreach (var line in Words.Wrap(text, width)) output.WriteLine(line);
    }

    /// <summary>Says which columns a terminal is too narrow for, so that nobody takes them for missing. Nothing when it has all.</summary>
    public static void WriteHidden(this TextWriter output, IEnumerable<string> columns)
    {
        List<string> hidden = [.. columns.Distinct()];
        if (hidden.Count == 0) return;
        output.WriteLine();
        output.WriteProse($"--wide shows {string.Join(", ", hidden)}, too");
    }
}
