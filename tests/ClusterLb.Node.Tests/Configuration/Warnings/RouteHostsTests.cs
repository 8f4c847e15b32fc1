namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class RouteHostsTests
{
    [Fact]
    public void A_dot_at_the_end_is_left_away()
    {
        const string Routes = "listeners.web.routes=[{ host = Shop.example.com., pool = app }]";
        Warned.Of("listeners.web.routes[0].host", "is taken as \"shop.example.com\"", Routes);
        Assert.Equal("shop.example.com", Conf.Legal(Conf.Read(Conf.Minimal, Routes)).Listeners[0].Routes[0].Host);
    }

    [Fact]
    public void A_host_without_it_is_sound() => Warned.OfNothing("listeners.web.routes=[{ host = shop.example.com, pool = app }]");

    [Theory]
    [InlineData("shop..example.com")]
    [InlineData("shop.example.com..")]
    [InlineData(".example.com")]
    [InlineData(".")]
    public void A_host_with_an_empty_label_is_none(string host) =>
        Assert.EndsWith(".host", Conf.Single(Conf.Read(Conf.Minimal, $"listeners.web.routes=[{{ host = \"{host}\" }}]")).Key,
            StringComparison.Ordinal);
}
