using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;

namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class SoundConfigurationsTests
{
    [Fact]
    public void The_least_that_is_legal_gives_no_warning() => Warned.OfNothing();

    [Fact]
    public void The_demo_gives_no_warning()
    {
        var result = ConfigurationReader.Read(ConfigurationSources.OfDemo([]));
        Conf.Legal(result);
        Assert.Empty(ConfigurationWarnings.Of(result));
    }
}
