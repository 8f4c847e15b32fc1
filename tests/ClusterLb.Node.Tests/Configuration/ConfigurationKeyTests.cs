using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Tests.Configuration;

public class ConfigurationKeyTests
{
    [Theory]
    [InlineData("a", "1")]
    [InlineData("a.b", "1 2")]
    [InlineData("a.b.c", "1 2 3")]
    [InlineData("a.none.c", "1")]
    [InlineData("a.l[1].x", "1 4 6 6")]
    [InlineData("a.l[7].x", "1 4")]
    [InlineData("a.\"x.\\\"y\".z", "1 8 8")]
    [InlineData("", "")]
    public void A_key_leads_as_deep_as_it_is_there(string key, string lines)
    {
        var root = HoconDocument.Parse("a.conf", "a {\nb {\nc = 1 }\nl = [\n1\n{ x = 1 }\n]\n\"x.\\\"y\" { z = 1 } }");

        Assert.Equal(lines, string.Join(' ', ConfigurationKey.Way(root, key).Select(node => node.Line)));
    }

    [Fact]
    public void A_name_that_needs_quotes_has_them() =>
        Assert.Equal("pools.\"my.pool\".queue", ConfigurationKey.Of("pools", "my.pool", "queue"));
}
