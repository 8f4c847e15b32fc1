using System.Text.RegularExpressions;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>What a node may say in its log: one line an event, its own, without a stack trace.</summary>
internal static partial class OwnWords
{
    /// <summary>Fails on any line that is a library's, or the rest of another.</summary>
    public static void Check(ClusterNode node) => Check(node.Process.Errors);

    public static void Check(string errors)
    {
        foreach (var line in LinesOf(errors))
        {
            Assert.Matches(Own(), line);
            Assert.DoesNotContain("Akka", line, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        }
    }

    public static string[] LinesOf(string errors) => errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static int Count(ClusterNode node, string what) =>
        LinesOf(node.Process.Errors).Count(line => line.Contains(what, StringComparison.Ordinal));

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} (info|warn): clusterlb[a-z.-]*\[\d+\] .")]
    private static partial Regex Own();
}
