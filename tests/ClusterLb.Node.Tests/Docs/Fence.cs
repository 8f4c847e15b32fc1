namespace ClusterLb.Node.Tests.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Relative to the root of the repository.</param>
/// <param name="Line">Of its first line, from 1.</param>
/// <param name="Kind">What stands behind the opening fence, such as <c>sh</c>.</param>
/// <param name="Text">Its lines, each with its end.</param>
internal sealed record Fence(string Page, int Line, string Kind, string Text)
{
    public IEnumerable<string> Lines => Text.Split('\n').SkipLast(1);

    public override string ToString() => $"{Page}:{Line}";
}
