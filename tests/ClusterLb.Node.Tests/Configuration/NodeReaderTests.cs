using System.Net;

namespace ClusterLb.Node.Tests.Configuration;

public class NodeReaderTests
{
    [Theory]
    [InlineData("node.event-loops=0", "auto or a whole number from 1 to 256")]
    [InlineData("node.event-loops=257", "auto or a whole number from 1 to 256")]
    [InlineData("node.event-loops=many", "auto or a whole number from 1 to 256")]
    [InlineData("node.event-loops=[1]", "auto or a whole number from 1 to 256")]
    [InlineData("node.host=", "a name or an address, without a port")]
    [InlineData("node.host=two words", "a name or an address, without a port")]
    [InlineData("node.host=\"10.0.0.1:80\"", "a name or an address, without a port")]
    [InlineData("node.cluster-port=0", "a whole number from 1 to 65535")]
    [InlineData("node.transport=uring", "one of auto, epoll, sockets")]
    [InlineData("node.admin.bind=9000", "HOST:PORT")]
    [InlineData("node.admin.bind=example.com:9000", "not an IP address of this machine")]
    [InlineData("node.admin.token=two words", "visible ASCII")]
    [InlineData("node.admin.max-connections=0", "a whole number from 1 to 1024")]
    [InlineData("node.admin.max-connections-per-client=1025", "a whole number from 1 to 1024")]
    [InlineData("node.drain-delay=11m", "a duration from 0s to 10m")]
    [InlineData("node.drain-timeout=25h", "a duration from 0s to 24h")]
    [InlineData("node.access-log.format=xml", "one of off, json, text")]
    [InlineData("node.access-log.path=", "a file to append to, or -")]
    [InlineData("node.log.level=loud", "one of debug, info, warning, error")]
    [InlineData("node.log.format=xml", "one of text, json")]
    public void A_bad_value_is_one_line_with_what_is_legal(string setting, string expected) =>
        Assert.Contains(expected, Conf.Single(Conf.Read(Conf.Minimal, setting)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("0.0.0.0:9000")]
    [InlineData("*:9000")]
    [InlineData("[::]:9000")]
    [InlineData("192.0.2.1:9000")]
    public void An_admin_port_that_others_reach_needs_a_token(string bind)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, $"node.admin.bind={bind}"));

        Assert.Equal("clusterlb.node.admin.token", problem.Key);
        Assert.Equal("secret", Conf.Legal(Conf.Read(Conf.Minimal, $"node.admin.bind={bind}", "node.admin.token=secret")).Node.Admin.Token);
    }

    [Theory]
    [InlineData("127.0.0.1:9000")]
    [InlineData("127.0.0.2:9000")]
    [InlineData("[::1]:9000")]
    [InlineData("localhost:9000")]
    public void A_loopback_admin_port_needs_none(string bind) =>
        Assert.True(IPAddress.IsLoopback(Conf.Legal(Conf.Read(Conf.Minimal, $"node.admin.bind={bind}")).Node.Admin.Bind.Address));

    [Theory]
    [InlineData("auto", 0)]
    [InlineData("3", 3)]
    public void Auto_is_one_event_loop_per_core(string text, int expected) =>
        Assert.Equal(expected == 0
            ? Math.Min(Environment.ProcessorCount, 256)
            : expected, Conf.Legal(Conf.Read(Conf.Minimal, $"node.event-loops={text}")).Node.EventLoops);
}
