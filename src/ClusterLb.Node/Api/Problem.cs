using System.ComponentModel;
using System.Text.Json.Serialization;
using ClusterLb.Core.Printing;

namespace ClusterLb.Node.Api;

/// <summary>An answer that is no: RFC 9457.</summary>
internal sealed record Problem(
    [Description("Its kind, for programs: a name that never changes its meaning.")] string Type,
    [Description("Its kind, for people.")] string Title,
    [Description("The same as the answer's: 400 to 503.")] int Status,
    [Description("One line: what is wrong here, and what would be right.")] string Detail)
{
    public const string MediaType = "application/problem+json";

    [Description("The names that there are, where another one was given.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Known { get; init; }

    [Description("The methods that a path takes, where another one was used.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Allow { get; init; }

    [Description("Everything that is wrong, one line each, where the detail is not all of it.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Problems { get; init; }

    public static Problem Of(ProblemKind kind, string detail) =>
        new(kind.Type, kind.Title, (int)kind.Status, Printable.Of(detail.ReplaceLineEndings(" ")));
}
