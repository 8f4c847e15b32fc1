namespace ClusterLb.Core.Outcomes;

/// <summary>
/// The kind of thing that a reason speaks of, one of a dozen words, for metrics: the reasons themselves have names, numbers and times in
/// them. Reasons are text because nodes tell each other text.
/// </summary>
public static class ReasonClass
{
    private static readonly (string Phrase, string Class)[] s_phrases =
    [
        ("refused", "refused"), ("unreachable", "unreachable"), ("no route", "unreachable"), ("timed out", "timeout"),
        ("timedout", "timeout"), ("reset", "reset"), ("closed", "closed"), ("status", "status"), ("grpc ", "status"),
        ("protocol", "protocol"), ("not http", "protocol"), ("too large", "protocol"), ("no descriptor", "exhausted"),
        ("resolve", "unresolved"), ("not checked", "not-checked"),
    ];

    /// <param name="reason">
    /// As <see cref="OutcomeText"/> or a check has it, alone or as one node tells it of others: then what the first of them found counts.
    /// </param>
    /// <returns><c>other</c> for what is none of them.</returns>
    public static string Of(string reason)
    {
        var found = WithoutTeller(reason);
        var (first, at) = ("other", int.MaxValue);
        foreach (var (phrase, kind) in s_phrases)
        {
            var place = found.IndexOf(phrase, StringComparison.OrdinalIgnoreCase);
            if (place >= 0 && place < at) (first, at) = (kind, place);
        }

        return first;
    }

    /// <summary>A node may be called what a failure is called.</summary>
    private static ReadOnlySpan<char> WithoutTeller(string reason)
    {
        const string Alone = " alone cannot reach it: ";
        var end = reason.IndexOf(Alone, StringComparison.Ordinal);
        if (end >= 0) return reason.AsSpan(end + Alone.Length);
        end = reason.StartsWith("monitor ", StringComparison.Ordinal) ? reason.IndexOf(": ", StringComparison.Ordinal) : -1;
        return reason.AsSpan(end < 0 ? 0 : end + 2);
    }
}
