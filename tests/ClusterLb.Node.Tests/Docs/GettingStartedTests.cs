using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>
/// What docs/getting-started.md lets a newcomer type is typed, block by block, into one shell, and what it says will be printed is compared
/// with what is. Only ports are others than on the page, so that it can run beside anything else.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed partial class GettingStartedTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task What_the_page_says_is_what_happens()
    {
        var blocks = Session();
        var ports = new Dictionary<string, string>();
        using var shell = ShellSession.Start($"http://127.0.0.1:{Of("9000", ports)}");

        // The sample backends take other ports where theirs are taken.
        await shell.RunAsync(blocks[0].Commands);
        string said = "";
        var log = shell.PathOf("backends.log");
        await Eventually.Is(() => File.Exists(log) && (said = File.ReadAllText(log)).Contains("Ctrl+C", StringComparison.Ordinal));
        foreach (Match backend in BackendPattern().Matches(said)) ports[$"900{backend.Groups[1].Value}"] = backend.Groups[2].Value;

        foreach (var block in blocks[1..])
        {
            var (commands, expected) = (Map(block.Commands, ports), Pattern(Map(block.Prints, ports)));
            var started = Stopwatch.GetTimestamp();
            var printed = await shell.RunAsync(commands);
            // What the page says comes after a while.
            while (block.IsLater && !expected.IsMatch(printed) && Stopwatch.GetElapsedTime(started) < s_patience)
                printed = await shell.RunAsync(commands);
            Assert.True(expected.IsMatch(printed),
                $"{block.Where}:\n{commands}\nprinted\n{printed}\nand not\n{block.Prints}\n{shell.Told()}");
        }
    }

    [Theory]
    [InlineData("hello from b1\n", "hello from b…\n")]
    [InlineData("a\nb\nc\nd\n", "a\n…\nd\n")]
    public void What_is_printed_is_compared_line_by_line(string printed, string expected) => Assert.Matches(Pattern(expected), printed);

    [Theory]
    [InlineData("hello from b1\n", "hello from b2\n")]
    [InlineData("a\nb\n", "a\n")]
    [InlineData("a\nb\n", "b\n")]
    [InlineData("a\nb\n", "a…\n")]
    public void And_anything_else_is_found(string printed, string expected) => Assert.DoesNotMatch(Pattern(expected), printed);

    /// <summary>Blocks of commands, each with what the block of text right behind it says of what they print.</summary>
    private static List<Block> Session()
    {
        // The tests have been built already.
        var fences = Pages.FencesOf(Pages.GettingStarted)
            .SkipWhile(fence => fence.Text.Contains("dotnet", StringComparison.Ordinal)).ToList();
        return [.. fences.Select((fence, i) => (fence, Next: fences.ElementAtOrDefault(i + 1)))
            .Where(pair => pair.fence.Kind != "text")
            .Select(pair => new Block(pair.fence.ToString(), pair.fence.Text, pair.Next is { Kind: "text" } text ? text.Text : "…\n",
                pair.fence.Kind == "sh later"))];
    }

    /// <summary>A line that is only … stands for any lines, in a line … stands for anything.</summary>
    private static Regex Pattern(string expected) => new(
        "^" + string.Concat(expected.Split('\n').SkipLast(1).Select(line => line == "…" ? "(.*\n)*"
            : Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal) + "\n")) + "\\z");

    private static string Map(string text, Dictionary<string, string> ports) =>
        PortPattern().Replace(text, match => Of(match.Value, ports));

    private static string Of(string port, Dictionary<string, string> ports) => ports.TryGetValue(port, out var mapped) ? mapped
        : ports[port] = FreePorts.Next().ToString(CultureInfo.InvariantCulture);

    /// <summary>On the page every number of four digits is a port.</summary>
    [GeneratedRegex(@"\b\d{4}\b")]
    private static partial Regex PortPattern();

    [GeneratedRegex(@"sample backend b(\d) serves http://127\.0\.0\.1:(\d+)/")]
    private static partial Regex BackendPattern();

    private sealed record Block(string Where, string Commands, string Prints, bool IsLater);
}
