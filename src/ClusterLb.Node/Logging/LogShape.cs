namespace ClusterLb.Node.Logging;

/// <summary>What lines of one kind have in common, so that they can be counted together.</summary>
internal static class LogShape
{
    /// <summary>Libraries that log a finished text through a frame of their own, as Akka does, have its template end so.</summary>
    private const string Frame = "{Message}";

    private const int Most = 48;

    private const int Least = 12;

    /// <summary>The template a line was made from; of a finished text its beginning, up to what looks like a value.</summary>
    public static string Of<TState>(TState state, string text)
    {
        var template = Value(state, "{OriginalFormat}");
        return template is null || template.EndsWith(Frame, StringComparison.Ordinal) ? BeginningOf(text) : template;
    }

    /// <summary>What the line says, without a library's frame around it.</summary>
    public static string TextOf<TState>(TState state, Exception? failure, Func<TState, Exception?, string> formatter) =>
        Value(state, "{OriginalFormat}") is { } template && template.EndsWith(Frame, StringComparison.Ordinal)
            && template.Length > Frame.Length
            && Value(state, "Message") is { } text
            ? text
            : formatter(state, failure);

    private static string BeginningOf(string text)
    {
        var length = 0;
        while (length < Math.Min(text.Length, Most) && (length < Least || !IsValue(text[length]))) length++;
        return text[..length];
    }

    private static bool IsValue(char c) => char.IsDigit(c) || c is '[' or '(' or '{' or '<' or '\'' or '"' or '/' or '@' or '\n' or '\r';

    private static string? Value<TState>(TState state, string name)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values) return null;
        for (var i = values.Count - 1; i >= 0; i--)
        {
            if (values[i].Key == name) return values[i].Value?.ToString();
        }

        return null;
    }
}
