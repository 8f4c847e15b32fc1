using System.Net;
using ClusterLb.Core.Printing;

namespace ClusterLb.Node.Admin;

/// <summary>An answer that is one line of text.</summary>
internal static class Answer
{
    public static IResult Of(HttpStatusCode status, string line) =>
        Results.Text(Printable.Of(line.ReplaceLineEndings(" ")) + "\n", statusCode: (int)status);
}
