using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>No block of a page is without a test, and no link leads nowhere.</summary>
public sealed partial class PagesTests
{
    /// <summary>What a block can be, and what tries it.</summary>
    private static readonly Dictionary<string, string> s_kinds = new()
    {
        ["hocon"] = nameof(ConfigurationsTests),
        ["sh"] = nameof(CommandsTests),
        ["sh later"] = nameof(GettingStartedTests),
        ["keepalived"] = nameof(KeepalivedTests),
        ["promql"] = "Telemetry.PrometheusTests",
        ["yaml"] = "Telemetry.PrometheusTests",
        // What is looked at and not run: output, lines of logs, records of DNS, pictures.
        ["text"] = "",
        ["json"] = "",
        ["dns"] = "",
        // A part of a configuration of another program.
        ["haproxy"] = "",
        ["mermaid"] = "",
    };

    [Fact]
    public void Every_block_says_what_it_is() => Assert.Empty(
        Pages.All.SelectMany(Pages.FencesOf).Where(fence => !s_kinds.ContainsKey(fence.Kind))
            .Select(fence => $"{fence}: \"{fence.Kind}\""));

    [Fact]
    public void Every_link_to_a_file_finds_it() => Assert.Empty(
        from page in Pages.All
        from Match link in LinkPattern().Matches(Pages.Read(page))
        let file = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, link.Groups["file"].Value)
        where !Path.Exists(file)
        select $"{page}: {link.Value}");

    [Fact]
    public void Every_link_to_a_heading_finds_it() => Assert.Empty(
        from page in Pages.All
        from Match link in HeadingLinkPattern().Matches(Pages.Read(page))
        let name = link.Groups["file"].Value
        let target = name.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, name)
        where !Headings(target).Contains(link.Groups["heading"].Value)
        select $"{page}: {link.Value}");

    /// <summary>As GitHub names them in links.</summary>
    private static HashSet<string> Headings(string page) => [.. Pages.Read(page).Split('\n')
        .Where(line => line.StartsWith('#'))
        .Select(line => MarkPattern().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\((?<file>[^)#:]+)(#[^)]*)?\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"\]\((?<file>[^)#:]*)#(?<heading>[^)]*)\)")]
    private static partial Regex HeadingLinkPattern();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex MarkPattern();
}
