using ClusterLb.Node.Configuration.Warnings;

namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class RepeatedKeysTests
{
    [Theory]
    [InlineData("clusterlb.node.name = lb2", "clusterlb.node.name")]
    [InlineData("clusterlb { node { name = lb2 } }", "clusterlb.node.name")]
    [InlineData("clusterlb.pools.app.backends.a1.address = ${?other.address}\"127.0.0.1:9009\"", "clusterlb.pools.app.backends.a1.address")]
    public void A_value_that_is_set_twice_in_a_file(string again, string key)
    {
        var warning = Assert.Single(Warned.Lines(Warned.Sound + again));
        Assert.Contains($":{Warned.Sound.Split('\n').Length}: warning: {key}: is set at ", warning, StringComparison.Ordinal);
        Assert.Contains(" already, and that is lost", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusterlb.listeners.web { max-connections = 7 }", "listener web stands at")]
    [InlineData("clusterlb { pools { app { balance = random } } }", "pool app stands at")]
    public void A_name_that_two_blocks_have(string again, string message) =>
        Assert.Contains(message, Assert.Single(Warned.Lines(Warned.Sound + again)), StringComparison.Ordinal);

    [Fact]
    public void A_key_that_a_block_in_a_list_has_twice() => Assert.Contains("path: is set at", Assert.Single(
        Warned.Lines(Warned.Sound + "clusterlb.listeners.web.routes = [{ path = /a, path = /b, pool = app }]")), StringComparison.Ordinal);

    [Theory]
    [InlineData("clusterlb.node.name = ${?POD_NAME}")]
    [InlineData("clusterlb.node.name = ${clusterlb.node.name}")]
    [InlineData("clusterlb.node.name = ${clusterlb.node.name}-a")]
    [InlineData("clusterlb.node { drain-delay = 1s }\nclusterlb.node { drain-timeout = 1s }")]
    [InlineData("clusterlb.pools.app.balance = random")]
    [InlineData("clusterlb.listeners.web.upgrades = [websocket]\nclusterlb.listeners.web.upgrades += other")]
    public void What_takes_the_first_along_is_sound(string again) => Assert.Empty(Warned.Lines(Warned.Sound + again));

    [Fact]
    public void A_later_source_may_set_it_again()
    {
        using var second = new ConfFile("clusterlb.node.name = lb2");
        Warned.OfNothing("node.name=lb3", "node.name=lb4");
        Assert.Empty(Warned.Lines($"{Warned.Sound}include \"{Path.GetFileName(second.Path)}\""));
    }

    [Fact]
    public void Two_variables_may_be_one_key()
    {
        var environment = new Dictionary<string, string> { ["CLUSTERLB__NODE__NAME"] = "lb1", ["clusterlb__node__name"] = "lb2" };
        var warning = Assert.Single(ConfigurationWarnings.Of(Conf.Read(Warned.Sound, environment)));
        Assert.Equal("environment clusterlb__node__name", warning.Source);
        Assert.Contains("is set at environment CLUSTERLB__NODE__NAME already", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_told_beside_errors_too() => Assert.Single(ConfigurationWarnings.Of(
        Conf.Read(Warned.Sound + "clusterlb.node.name = lb2\nclusterlb.node.nam = lb3")));
}
