using System.Net;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Probing;

public sealed class HttpProbeTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static readonly HttpProbeOptions s_ready = TestProbes.Http with { ExpectBody = "ready" };

    [Fact]
    public async Task By_default_it_gets_the_path_and_names_the_backend()
    {
        var (_, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Http, Ok, step: 1_000, Target("app.example.com", 8080));

        Assert.Equal(
            "GET /health/ready HTTP/1.1\r\nHost: app.example.com:8080\r\nUser-Agent: clusterlb-health\r\nConnection: close\r\n\r\n",
            transport.Said);
    }

    [Fact]
    public async Task A_host_of_the_operators_wins_over_the_backends_name()
    {
        var (_, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Http with { Host = "shop" }, Ok, 1_000, Target("app", 80));

        Assert.Contains("\r\nHost: shop\r\n", transport.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Method_version_and_headers_are_as_configured()
    {
        var options = TestProbes.Http with
        {
            Method = "OPTIONS",
            Path = "*",
            HttpVersion = "1.0",
            Headers = [new ProbeHeader("X-Probe", "lb"), new ProbeHeader("user-agent", "mine")],
        };

        var (_, transport) = await ScriptedTransport.ProbeAsync(options, Ok, step: 1_000);

        Assert.Equal("OPTIONS * HTTP/1.0\r\nHost: 127.0.0.1\r\nX-Probe: lb\r\nuser-agent: mine\r\nConnection: close\r\n\r\n",
            transport.Said);
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("HEAD", false)]
    [InlineData("PURGE", false)]
    public async Task A_method_that_stands_for_a_body_says_that_there_is_none(string method, bool says)
    {
        var (_, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Http with { Method = method }, Ok, step: 1_000);

        Assert.Equal(says, transport.Said.Contains("\r\nContent-Length: 0\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:   9\r\n\r\nI'm ready!")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n002;x=y\r\ndy\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 1\r\n\r\n5\r\nready\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nall is ready")]
    [InlineData("HTTP/1.0 200 OK\n\nready")]
    [InlineData("HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready")]
    public async Task A_text_in_the_body_is_found_however_the_body_is_framed(string answer)
    {
        foreach (var step in (int[])[1, 7, 1_000])
        {
            var (result, _) = await ScriptedTransport.ProbeAsync(s_ready, answer, step);

            Assert.Equal(new CheckResult(true, "status 200 with the expected text"), result);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nready", "status 503, expected 200")]
    [InlineData("HTTP/1.1 200 ready\r\nX: ready\r\nContent-Length: 3\r\n\r\nready",
        "status 200 and a body that begins \"rea\", expected \"ready\" in it")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nrea\r\ndy", "status 200 and a body that begins \"rea\\u000d\\u000ady\", expected \"ready\" in it")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nrea",
        "status 200 and part of a body that begins \"rea\", expected \"ready\" in it")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nready", "status 200 and no body, expected \"ready\" in it")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "status 200 and no body, expected \"ready\" in it")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nready", "status 200 and a body whose length makes no sense")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nready", "status 200 and a body whose length makes no sense")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nready", "status 200 and no body")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nready\r\n", "status 200 and a body with broken chunks")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nready\r\n",
        "status 200 and a body with broken chunks")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nreadies\r\n", "status 200 and a body with broken chunks")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n0\r\n\r\nready",
        "status 200 and a body that begins \"rea\", expected \"ready\" in it")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\u001b[31m", "status 200 and a body that begins \"\\u001b[31m\", expected")]
    public async Task What_came_instead_is_told(string answer, string reason)
    {
        foreach (var step in (int[])[1, 7, 1_000])
        {
            var (result, _) = await ScriptedTransport.ProbeAsync(s_ready, answer, step);

            Assert.False(result.Passed);
            Assert.StartsWith(reason, result.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData((64 * 1024) - 5, true)]
    [InlineData((64 * 1024) - 4, false)]
    public async Task The_text_counts_in_the_first_64_KiB(int before, bool passes)
    {
        var body = new string('x', before) + "ready" + new string('y', 1_000);

        var (result, _) = await ScriptedTransport.ProbeAsync(s_ready, $"HTTP/1.0 200 OK\r\n\r\n{body}", step: 9_000);

        Assert.Equal(passes, result.Passed);
        if (!passes) Assert.StartsWith("status 200 and 64 KiB of body that begins \"xxx", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reason_is_short_however_much_came()
    {
        var (result, _) = await ScriptedTransport.ProbeAsync(s_ready, "HTTP/1.0 200 OK\r\n\r\n" + new string('\0', 10_000), step: 4_000);

        Assert.InRange(result.Reason.Length, 50, 400);
    }

    [Fact]
    public async Task Of_many_expected_statuses_some_are_told()
    {
        var options = TestProbes.Http with { ExpectedStatus = [200, 201, 202, 203, 204, 205] };

        var (result, _) = await ScriptedTransport.ProbeAsync(options, "HTTP/1.1 404 No\r\n\r\n", step: 1_000);

        Assert.Equal("status 404, expected 200, 201, 202, 203, 204, ...", result.Reason);
    }

    private static ProbeTarget Target(string host, int port) => new(new IPEndPoint(IPAddress.Loopback, port), host);
}
