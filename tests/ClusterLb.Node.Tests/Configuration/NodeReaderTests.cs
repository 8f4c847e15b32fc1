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
    [InlineData("node.admin.bind=9000", "ADDRESS:PORT")]
    [InlineData("node.admin.bind=example.com:9000", "not an IP address of this machine")]
    [InlineData("node.admin.token=two words", "visible ASCII")]
    [InlineData("node.admin.token=fifteen-letters", "is 15 characters long; it must have 16 or more")]
    [InlineData("node.admin.read-token=correct-horse-battery", "is given without token")]
    [InlineData("node.health-bind=9100", "*:PORT")]
    [InlineData("node.health-bind=127.0.0.1:9000", "127.0.0.1:9000 is taken by node.admin.bind already")]
    [InlineData("node.takeover-socket=takeover.sock", "must be an absolute path, such as /run/clusterlb/takeover.sock")]
    [InlineData("node.takeover-socket=/tmp", "\"/tmp\" is a folder; it must be a path in one, such as /tmp/takeover.sock")]
    [InlineData("node.takeover-socket=/nowhere/t.sock", "is in a folder that is not there; make /nowhere first")]
    [InlineData("node.takeover-socket=/tmp/"
            + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "has 104 bytes; the path of a socket must have 99 or fewer")]
    [InlineData("node.admin.max-connections=0", "a whole number from 1 to 1024")]
    [InlineData("node.admin.max-connections-per-client=1025", "a whole number from 1 to 1024")]
    [InlineData("node.drain-delay=11m", "a duration from 0s to 10m")]
    [InlineData("node.drain-timeout=25h", "a duration from 0s to 24h")]
    [InlineData("node.access-log.format=xml", "one of off, json, text, common, combined")]
    [InlineData("node.access-log.path=", "a file to append to, or -")]
    [InlineData("node.access-log.path=/", "\"/\" is a folder; it must be a file in it")]
    [InlineData("node.log.level=loud", "one of debug, info, warning, error")]
    [InlineData("node.log.format=xml", "one of text, json")]
    public void A_bad_value_is_one_line_with_what_is_legal(string setting, string expected) =>
        Assert.Contains(expected, Conf.Single(Conf.Read(Conf.Minimal, setting)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[usr_agent]", "\"usr_agent\" is not a field; did you mean \"user_agent\"?; the fields are: time, node, ")]
    [InlineData("[user-agent]", "did you mean \"user_agent\"?")]
    [InlineData("[time, bananas]", "\"bananas\" is not a field; the fields are: time, node, listener, client, ")]
    [InlineData("[Time]", "did you mean \"time\"?")]
    [InlineData("[\"header:\"]", "names no header; write header:X-Request-Id, for example")]
    [InlineData("[\"header:two words\"]", "names no header")]
    [InlineData("[time, status, time]", "names time twice")]
    [InlineData("""["header:X-A", "header:x-a"]""", "names header:X-A twice")]
    [InlineData("""["header:x-a", "header:x.a"]""", "names header:x-a and header:x.a, which have one key in the log")]
    [InlineData("[\"header:A\", \"header:a\"]", "twice")]
    [InlineData("[\"header:a\",\"header:b\",\"header:c\",\"header:d\",\"header:e\",\"header:f\",\"header:g\",\"header:h\",\"header:i\"]",
        "more than 8 headers")]
    public void A_field_that_the_access_log_does_not_have_is_one_line_with_those_it_has(string fields, string expected) =>
        Assert.Contains(expected,
            Conf.Single(Conf.Read(Conf.Minimal, "node.access-log.format=json", $"node.access-log.fields={fields}")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("common")]
    [InlineData("combined")]
    public void Formats_that_others_made_have_fields_of_their_own(string format)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, $"node.access-log.format={format}", "node.access-log.fields=[time]"));

        Assert.Equal("clusterlb.node.access-log.fields", problem.Key);
        Assert.Contains("have their own fields", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_the_access_log_are_read_in_their_order()
    {
        var log = Conf.Legal(Conf.Read(Conf.Minimal, "node.access-log.fields=[status, time, \"header:X-Request-Id\"]")).Node.AccessLog;

        Assert.Equal(["status", "time", "header:X-Request-Id"], log.Fields);
    }

    [Theory]
    [InlineData("0.0.0.0:9000")]
    [InlineData("*:9000")]
    [InlineData("[::]:9000")]
    [InlineData("192.0.2.1:9000")]
    public void An_admin_port_that_others_reach_needs_a_token(string bind)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, $"node.admin.bind={bind}"));

        Assert.Equal("clusterlb.node.admin.token", problem.Key);
        var config = Conf.Legal(Conf.Read(Conf.Minimal, $"node.admin.bind={bind}", "node.admin.token=correct-horse-battery"));
        Assert.Equal("correct-horse-battery", config.Node.Admin.Token);
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
