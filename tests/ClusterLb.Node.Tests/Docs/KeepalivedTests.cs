using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Node.Tests.Telemetry;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>What a page shows of keepalived's configuration is what keepalived reads.</summary>
public sealed class KeepalivedTests
{
    public static TheoryData<string> Shown => [.. Pages.Fences("keepalived").Select(fence => fence.Text)];

    [Theory]
    [MemberData(nameof(Shown))]
    public async Task Keepalived_finds_nothing_to_complain_of(string text) => Assert.DoesNotContain(": Line ", await TestAsync(text));

    [Theory]
    [MemberData(nameof(Shown))]
    public async Task It_would_complain_of_a_misspelt_word(string text) => Assert.Contains(
        "Unknown keyword 'prioryti'", await TestAsync(text.Replace("priority", "prioryti", StringComparison.Ordinal)));

    /// <returns>All that it says; it may end itself by a signal after it has read its file, so its exit code says nothing.</returns>
    private static async Task<string> TestAsync(string text)
    {
        using var folder = new ConfFolder(("keepalived.conf", text));
        return (await Tool.RunAsync("keepalived", "", "--config-test", "--use-file", folder.PathOf("keepalived.conf"))).Said;
    }
}
