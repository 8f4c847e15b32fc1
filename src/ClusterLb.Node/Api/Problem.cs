using System.Text.Json.Serialization;
using ClusterLb.Core.Printing;

namespace ClusterLb.Node.Api;

/// <summary>An answer that is no: RFC 9457.</summary>
/// <param name="Type">Of a <see cref="ProblemKind"/>.</param>
/// <param name="Title">Likewise.</param>
/// <param name="Status">The same as the answer's.</param>
/// <param name="Detail">One line: what is wrong here, and what would be right.</param>
internal sealed record Problem(string Type, string Title, int Status, string Detail)
{
    public const string MediaType = "application/problem+json";

    /// <summary>The names that there are, where another one was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Known { get; init; }

    /// <summary>The methods that a path takes, where another one was used.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Allow { get; init; }

    public static Problem Of(ProblemKind kind, string detail) =>
        new(kind.Type, kind.Title, (int)kind.Status, Printable.Of(detail.ReplaceLineEndings(" ")));
}
