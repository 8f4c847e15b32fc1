using System.Text;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>What operators read: the README and everything in docs.</summary>
internal static class Pages
{
    public const string GettingStarted = "docs/getting-started.md";

    private const string Mark = "```";

    /// <summary>Relative to the root.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(page => Path.GetRelativePath(Repository.Root, page)).Order(StringComparer.Ordinal),
    ];

    public static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    /// <summary>Of all pages, in the order in which they stand.</summary>
    public static IEnumerable<Fence> Fences(string kind) => All.SelectMany(FencesOf).Where(fence => fence.Kind == kind);

    public static IEnumerable<Fence> FencesOf(string page)
    {
        var (lines, number) = (Read(page).Split('\n'), 0);
        while (number < lines.Length)
        {
            var opening = lines[number++];
            if (!opening.StartsWith(Mark, StringComparison.Ordinal)) continue;
            var (first, text) = (number + 1, new StringBuilder());
            while (lines[number] != Mark) text.Append(lines[number++]).Append('\n');
            number++;
            yield return new Fence(page, first, opening[Mark.Length..], text.ToString());
        }
    }
}
