using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration.Changes;
using ClusterLb.Node.Tests.Docs;

namespace ClusterLb.Node.Tests.Configuration.Changes;

public sealed partial class RestartKeysTests
{
    [Fact]
    public void The_documentation_lists_them_all()
    {
        var section = Pages.Read("docs/configuration.md").Split("## What a reload changes, and what needs a restart\n")[1].Split("\n\n")[1];

        Assert.Equal(RestartKeys.All, KeyPattern().Matches(section).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Each_is_a_key_or_a_block() => Assert.All(RestartKeys.All, key => Assert.Contains(Conf.ReferenceKeys(), known =>
        known == key || known.StartsWith(key + ".", StringComparison.Ordinal)));

    [Theory]
    [InlineData("node.name=lb2", "node.name")]
    [InlineData("node.admin.bind=127.0.0.1:9900", "node.admin.bind")]
    [InlineData("store.type=redis", "store.type")]
    [InlineData("sticky.keys=[{ id = k1, secret = \"0123456789abcdef\" }]", "sticky.keys.k1")]
    public void A_difference_there_needs_a_restart(string setting, string key) => Assert.Equal([key], NeedingRestart([], [setting]));

    [Theory]
    [InlineData("node.drain-delay=1s")]
    [InlineData("node.drain-timeout=1s")]
    [InlineData("node.log.level=debug")]
    [InlineData("node.log.format=json")]
    [InlineData("node.access-log.format=json")]
    [InlineData("pools.app.balance=random")]
    [InlineData("listeners.web.bind=127.0.0.1:8090")]
    [InlineData("dns.bind=127.0.0.1:5353")]
    [InlineData("dns.rate-limit=7")]
    [InlineData("dns.advertise=[192.0.2.1]")]
    public void What_a_running_node_follows_does_not(string setting) => Assert.Empty(NeedingRestart([], [setting]));

    [Fact]
    public void Keys_of_our_cookie_can_be_exchanged() => Assert.Empty(NeedingRestart(
        ["sticky.keys=[{ id = k1, secret = \"0123456789abcdef\" }]"],
        ["sticky.keys=[{ id = k2, secret = \"fedcba9876543210\" }, { id = k1, secret = \"0123456789abcdef\" }]"]));

    private static List<string> NeedingRestart(string[] from, string[] to) =>
    [
        .. ConfigurationDifference.Between(Conf.Legal(Conf.Read(Conf.Minimal, from)), Conf.Legal(Conf.Read(Conf.Minimal, to)))
            .NeedingRestart.Select(change => change.Key),
    ];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex KeyPattern();
}
