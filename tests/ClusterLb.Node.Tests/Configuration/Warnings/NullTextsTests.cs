namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class NullTextsTests
{
    [Theory]
    [InlineData("clusterlb.node.name = \"null\"", "clusterlb.node.name: is the text \"null\"")]
    [InlineData("clusterlb.listeners.web.routes = [{ path = /a, host = NULL, pool = app }]", "clusterlb.listeners.web.routes[0].host: "
        + "is the text")]
    public void A_text_that_means_nothing_and_is_something(string line, string message)
    {
        var warning = Assert.Single(Warned.Lines(Warned.Sound + line), text => text.Contains("without quotes", StringComparison.Ordinal));
        Assert.Contains($":{Warned.Sound.Split('\n').Length}: warning: {message}", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_itself_is_not_set() => Assert.Empty(Warned.Lines(Warned.Sound + "clusterlb.node.drain-delay = null"));
}
