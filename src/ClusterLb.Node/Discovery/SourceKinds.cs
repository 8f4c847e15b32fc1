using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.Node.Discovery;

/// <summary>Every kind of source there is. A new one is a file, a line here, a word in reference.conf, and its test.</summary>
internal static class SourceKinds
{
    public static IReadOnlyList<SourceKind> All { get; } = [DnsSource.Kind, SrvSource.Kind, FileSource.Kind];

    /// <summary>Null, and what would be right, when nothing begins so or the rest is wrong.</summary>
    /// <param name="text">As the operator wrote it.</param>
    public static (SourceKind Kind, string Place)? Parse(string text, out string problem)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = All.FirstOrDefault(kind => colon > 0 && text.AsSpan(0, colon).SequenceEqual(kind.Scheme));
        problem = kind is null
            ? $"is \"{text}\"; it must be one of {string.Join(", ", All.Select(one => one.Example))}"
            : kind.ProblemOf(text[(colon + 1)..]);
        return kind is null || problem.Length > 0 ? null : (kind, text[(colon + 1)..]);
    }

    /// <param name="source">Legal.</param>
    public static IBackendSource Open(SourceConfig source, SourceContext context)
    {
        var (kind, place) = Parse(source.Location, out var problem)
            ?? throw new ArgumentException($"discover {problem}", nameof(source));
        return kind.Open(place, context);
    }

    /// <summary>Letters, digits, hyphens and underscores between dots, 253 at most.</summary>
    public static bool IsHostName(string text) => text.Length is > 0 and <= 253
        && text.TrimEnd('.').Split('.').All(label => label.Length is > 0 and <= 63
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
