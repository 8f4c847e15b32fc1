using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class RequestHeadReaderTests
{
    [Fact]
    public void Plain_get_is_read_whole()
    {
        const string text = "GET /a/b?c=d HTTP/1.1\r\nHost: shop.example:8080\r\nAccept: */*\r\n\r\n";
        var head = Accept(text + "next message");
        var bytes = Bytes(text);
        Assert.Equal(text.Length, head.Length);
        Assert.Equal(DataPlane.Messages.HttpMethod.Get, head.Request.Method);
        Assert.Equal("GET", Text(head.Request.MethodText));
        Assert.Equal("/a/b?c=d", Text(head.Request.TargetText));
        Assert.Equal("/a/b", Text(head.Request.Path));
        Assert.Equal(":8080", Text(head.Request.Port));
        Assert.Equal("shop.example", Text(head.Request.Host));
        Assert.Equal(2, head.Request.Headers.Count);
        Assert.Equal(BodyFraming.None, head.Request.Body);
        Assert.Equal((0, ""), (head.RefusalStatus, head.RefusalReason));
        Assert.True(head.KeepAlive);
        Assert.False(head.Request.IsHttp10 || head.Request.WantsUpgrade || head.Request.ExpectsContinue || head.Request.AcceptsTrailers);
        Assert.Equal(-1, head.Request.MaxForwards);
    }

    [Theory]
    [InlineData("GET", DataPlane.Messages.HttpMethod.Get, true)]
    [InlineData("HEAD", DataPlane.Messages.HttpMethod.Head, true)]
    [InlineData("POST", DataPlane.Messages.HttpMethod.Post, false)]
    [InlineData("PUT", DataPlane.Messages.HttpMethod.Put, true)]
    [InlineData("DELETE", DataPlane.Messages.HttpMethod.Delete, true)]
    [InlineData("OPTIONS", DataPlane.Messages.HttpMethod.Options, true)]
    [InlineData("PATCH", DataPlane.Messages.HttpMethod.Patch, false)]
    [InlineData("PROPFIND", DataPlane.Messages.HttpMethod.Other, false)]
    [InlineData("get", DataPlane.Messages.HttpMethod.Other, false)]
    [InlineData("M-SEARCH", DataPlane.Messages.HttpMethod.Other, false)]
    internal void Methods_are_told_apart_by_case(string method, DataPlane.Messages.HttpMethod expected, bool idempotent)
    {
        var head = Accept(With(method + " / HTTP/1.1", "Host: a"));
        Assert.Equal(expected, head.Request.Method);
        Assert.Equal(idempotent, head.Request.IsIdempotent);
    }

    [Theory]
    [InlineData("CONNECT a:443 HTTP/1.1")]
    [InlineData("CONNECT / HTTP/1.1")]
    [InlineData("TRACE / HTTP/1.1")]
    [InlineData("trace / HTTP/1.1")]
    [InlineData("Connect a:443 HTTP/1.1")]
    public void Connect_and_trace_are_off(string requestLine) => Refuse(405, With(requestLine, "Host: a"));

    [Theory]
    [InlineData("GET  / HTTP/1.1")]
    [InlineData("GET /  HTTP/1.1")]
    [InlineData(" GET / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1 ")]
    [InlineData("GET\t/ HTTP/1.1")]
    [InlineData("GET /\tHTTP/1.1")]
    [InlineData("GET /a b HTTP/1.1")]
    [InlineData("GET / HTTP/1.1\t")]
    [InlineData("GET HTTP/1.1")]
    [InlineData("GET /")]
    [InlineData("GET")]
    [InlineData("/ HTTP/1.1")]
    [InlineData("G(T / HTTP/1.1")]
    [InlineData("GET: / HTTP/1.1")]
    [InlineData("G\u00E9T / HTTP/1.1")]
    [InlineData("\"GET\" / HTTP/1.1")]
    [InlineData("GET / http/1.1")]
    [InlineData("GET / Http/1.1")]
    [InlineData("GET / HTTP/1")]
    [InlineData("GET / HTTP/11")]
    [InlineData("GET / HTTP/1.1.1")]
    [InlineData("GET / HTTP/01.1")]
    [InlineData("GET / HTTP/1.01")]
    [InlineData("GET / HTTP/1,1")]
    [InlineData("GET / HTTP/a.b")]
    [InlineData("GET / HTTPS/1.1")]
    [InlineData("GET / HTTP /1.1")]
    [InlineData("GET / XHTTP/1.1")]
    [InlineData("GET / ")]
    public void Malformed_request_line_is_refused(string requestLine) => Refuse(400, With(requestLine, "Host: a"));

    [Theory]
    [InlineData("GET / HTTP/0.9")]
    [InlineData("GET / HTTP/2.0")]
    [InlineData("GET / HTTP/2.1")]
    [InlineData("GET / HTTP/3.0")]
    [InlineData("PRI * HTTP/2.0")]
    public void Other_versions_are_refused(string requestLine) => Refuse(505, With(requestLine, "Host: a"));

    [Theory]
    [InlineData("HTTP/1.2")]
    [InlineData("HTTP/1.9")]
    public void Later_minor_versions_are_read_as_1_1(string version)
    {
        var head = Accept(With($"GET / {version}", "Host: a"));
        Assert.True(head is { Request.IsHttp10: false, KeepAlive: true });
        Assert.True(Accept(With($"POST / {version}", "Host: a", "Transfer-Encoding: chunked", "Expect: 100-continue"))
            .Request.ExpectsContinue);
        Refuse(400, With($"GET / {version}"));
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(65, 501)]
    [InlineData(9_000, 501)]
    [InlineData(100_000, 501)]
    public void A_method_has_its_bound_and_the_log_its_beginning(int length, int status)
    {
        var text = With(new string('M', length) + " / HTTP/1.1", "Host: a");
        var head = Parse(text);
        Assert.Equal(status, head.RefusalStatus);
        Assert.Equal(new string('M', 64), Text(head.Request.MethodText));
    }

    [Fact]
    public void A_target_without_an_end_has_its_method_in_the_log()
    {
        var text = "GET /" + new string('a', 20_000);
        var head = Parse(text);
        Assert.Equal(414, head.RefusalStatus);
        Assert.Equal("GET", Text(head.Request.MethodText));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\rX")]
    [InlineData("GET /\r HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(" \r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n")]
    [InlineData("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\u0001b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\u000Bb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\u000Cb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\u001Bb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\u007Fb\r\n\r\n")]
    [InlineData("GET\u000B/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /\u007F HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00FC\u0003\u0003")]
    public void Bare_line_ends_and_controls_are_refused(string text) => Refuse(400, text);

    [Fact]
    public void One_empty_line_before_a_request_is_forgiven()
    {
        const string text = "\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = Accept(text);
        Assert.Equal(text.Length, head.Length);
        Assert.Equal("/x", Text(head.Request.TargetText));
    }

    [Theory]
    [InlineData("X : b")]
    [InlineData("X\t: b")]
    [InlineData(": b")]
    [InlineData("X")]
    [InlineData("X b")]
    [InlineData(" X: b")]
    [InlineData("\tX: b")]
    [InlineData("X@: b")]
    [InlineData("X(): b")]
    [InlineData("X\u00E9: b")]
    [InlineData("\"X\": b")]
    [InlineData("[X]: b")]
    [InlineData("X/Y: b")]
    [InlineData("X;Y: b")]
    [InlineData("Content-Length : 0")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("GET / HTTP/1.1")]
    public void Malformed_header_line_is_refused(string line)
    {
        Refuse(400, Get(line));
        Refuse(400, Get("A: b", line, "C: d"));
    }

    [Theory]
    [InlineData(" Host: a")]
    [InlineData("\tHost: a")]
    [InlineData(" ")]
    public void Whitespace_before_the_first_header_is_refused(string line) => Refuse(400, With("GET / HTTP/1.1", line, "Host: a"));

    [Theory]
    [InlineData(" folded")]
    [InlineData("\tfolded")]
    [InlineData(" ")]
    [InlineData(" Transfer-Encoding: chunked")]
    public void Folded_lines_are_refused(string line) => Refuse(400, Get("X: a", line));

    [Theory]
    [InlineData("X: a b\tc", "a b\tc")]
    [InlineData("X:a", "a")]
    [InlineData("X:   a \t ", "a")]
    [InlineData("X:\ta", "a")]
    [InlineData("X:", "")]
    [InlineData("X: ", "")]
    [InlineData("X: \u00FF\u0080", "\u00FF\u0080")]
    [InlineData("X: a:b", "a:b")]
    [InlineData("!#$%&'*+-.^_`|~09azAZ: v", "v")]
    public void Values_lose_only_the_whitespace_around_them(string line, string value)
    {
        var text = Get(line);
        Assert.Equal(value, Text(Accept(text).Request.Headers.Entries[1].Value.Of(Bytes(text))));
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "close", false)]
    [InlineData("HTTP/1.1", "Close", false)]
    [InlineData("HTTP/1.1", "close, X", false)]
    [InlineData("HTTP/1.1", "X ,\tclose", false)]
    [InlineData("HTTP/1.1", "keep-alive, close", false)]
    [InlineData("HTTP/1.1", "closed", true)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "keep-alive", true)]
    [InlineData("HTTP/1.0", "Keep-Alive, close", false)]
    public void Connections_persist_by_version_and_option(string version, string connection, bool keepAlive) =>
        Assert.Equal(keepAlive, Accept(With("GET / " + version, "Host: a", "Connection: " + connection)).KeepAlive);

    [Fact]
    public void Close_in_a_second_connection_line_counts() =>
        Assert.False(Accept(Get("Connection: keep-alive", "Connection: close")).KeepAlive);

    [Fact]
    public void Proxy_connection_says_nothing() => Assert.True(Accept(Get("Proxy-Connection: close")).KeepAlive);

    [Theory]
    [InlineData("100-continue")]
    [InlineData("100-Continue")]
    public void Continue_is_expected_when_a_body_follows(string value)
    {
        Assert.True(Accept(Post("Expect: " + value, "Content-Length: 1")).Request.ExpectsContinue);
        Assert.True(Accept(Post("Expect: " + value, "Transfer-Encoding: chunked")).Request.ExpectsContinue);
        Assert.False(Accept(Post("Expect: " + value, "Content-Length: 0")).Request.ExpectsContinue);
        Assert.False(Accept(Post("Expect: " + value)).Request.ExpectsContinue);
        Assert.False(Accept(With("POST / HTTP/1.0", "Content-Length: 1", "Expect: " + value)).Request.ExpectsContinue);
    }

    [Theory]
    [InlineData("200-ok")]
    [InlineData("100-continue, 100-continue")]
    [InlineData("100-continue;a=b")]
    [InlineData("100 -continue")]
    [InlineData("y 100-continue")]
    [InlineData("")]
    public void Unknown_expectation_is_refused(string value) => Refuse(417, Post("Content-Length: 1", "Expect: " + value));

    [Fact]
    public void Expectation_given_twice_is_refused() =>
        Refuse(417, Post("Content-Length: 1", "Expect: 100-continue", "Expect: 100-continue"));

    [Theory]
    [InlineData("Connection: upgrade", "Upgrade: websocket", true)]
    [InlineData("Connection: keep-alive, Upgrade", "Upgrade: WebSocket", true)]
    [InlineData("Connection: keep-alive", "Upgrade: websocket", false)]
    [InlineData("Connection: upgrade", "X: websocket", false)]
    public void Upgrade_needs_both_headers(string connection, string upgrade, bool wanted) =>
        Assert.Equal(wanted, Accept(Get(connection, upgrade)).Request.WantsUpgrade);

    [Fact]
    public void Upgrade_with_a_body_or_in_http_1_0_is_not_wanted()
    {
        Assert.False(Accept(Post("Connection: upgrade", "Upgrade: websocket", "Content-Length: 3")).Request.WantsUpgrade);
        Assert.False(Accept(Post("Connection: upgrade", "Upgrade: websocket", "Transfer-Encoding: chunked")).Request.WantsUpgrade);
        Assert.False(Accept(With("GET / HTTP/1.0", "Connection: upgrade", "Upgrade: websocket")).Request.WantsUpgrade);
    }

    [Theory]
    [InlineData("trailers", true)]
    [InlineData("gzip, Trailers", true)]
    [InlineData("gzip", false)]
    [InlineData("nottrailers", false)]
    public void Trailers_are_accepted_by_te(string te, bool accepted) =>
        Assert.Equal(accepted, Accept(Get("TE: " + te)).Request.AcceptsTrailers);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("99999999999", int.MaxValue)]
    public void Max_forwards_is_read_for_options(string value, int hops)
    {
        Assert.Equal(hops, Accept(With("OPTIONS / HTTP/1.1", "Host: a", "Max-Forwards: " + value)).Request.MaxForwards);
        Assert.Equal(-1, Accept(Get("Max-Forwards: " + value)).Request.MaxForwards);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("1, 2")]
    public void Invalid_max_forwards_is_refused_where_it_counts(string value)
    {
        Refuse(400, With("OPTIONS / HTTP/1.1", "Host: a", "Max-Forwards: " + value));
        Accept(Get("Max-Forwards: " + value));
    }

    [Fact]
    public void Repeated_max_forwards_is_refused() =>
        Refuse(400, With("OPTIONS / HTTP/1.1", "Host: a", "Max-Forwards: 1", "Max-Forwards: 1"));

    [Fact]
    public void Head_may_be_as_large_as_the_limit_and_no_larger()
    {
        var limits = Limits with { HeadBytes = 1024 };
        var filler = 1024 - Get("X: ").Length;
        Assert.Equal(1024, Parse(Get("X: " + new string('a', filler)), limits).Length);
        Assert.Equal(431, Parse(Get("X: " + new string('a', filler + 1)), limits).RefusalStatus);
        Assert.Equal(431, Parse("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('a', 5000), limits).RefusalStatus);
    }

    [Fact]
    public void Number_of_headers_is_limited()
    {
        var limits = Limits with { HeaderCount = 20 };
        Assert.Equal(20, Parse(Get([.. Enumerable.Repeat("A: b", 19)]), limits).Request.Headers.Count);
        Assert.Equal(431, Parse(Get([.. Enumerable.Repeat("A: b", 20)]), limits).RefusalStatus);
    }

    [Fact]
    public void Target_is_limited()
    {
        var limits = Limits with { TargetBytes = 100 };
        Assert.Equal(0, Parse(With("GET /" + new string('a', 99) + " HTTP/1.1", "Host: a"), limits).RefusalStatus);
        Assert.Equal(414, Parse(With("GET /" + new string('a', 100) + " HTTP/1.1", "Host: a"), limits).RefusalStatus);
        Assert.Equal(414, Parse("GET /" + new string('a', 20_000), limits).RefusalStatus);
    }

    [Fact]
    public void Declared_body_is_limited()
    {
        var limits = Limits with { BodyBytes = 1000 };
        Assert.Equal(1000, Parse(Post("Content-Length: 1000"), limits).Request.Body.Length);
        Assert.Equal(413, Parse(Post("Content-Length: 1001"), limits).RefusalStatus);
    }

    [Fact]
    public void Too_many_connection_options_are_refused() =>
        Refuse(400, Get("Connection: " + string.Join(", ", Enumerable.Repeat("x", 33))));

    [Fact]
    public void Method_is_known_of_a_refused_request()
    {
        Assert.Equal(DataPlane.Messages.HttpMethod.Head, Parse(With("HEAD / HTTP/1.1")).Request.Method);
        Assert.Equal(DataPlane.Messages.HttpMethod.Trace, Parse(With("TRACE / HTTP/1.1")).Request.Method);
    }

    [Fact]
    public void Refused_stays_refused()
    {
        var head = Parse("GET / HTTP/1.1\n");
        Assert.Equal(HeadStatus.Refused, head.Read(Bytes(Get())));
    }

    [Fact]
    public void Reset_head_knows_nothing_of_the_last_request()
    {
        var head = Accept(With("OPTIONS * HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 3", "TE: trailers",
            "Max-Forwards: 3", "Connection: close"));
        head.Reset();
        Assert.Equal(HeadStatus.Complete, head.Read(Bytes(Get())));
        Assert.Equal((1, BodyFraming.None, -1), (head.Request.Headers.Count, head.Request.Body, head.Request.MaxForwards));
        Assert.True(head.KeepAlive);
        Assert.False(head.Request.ExpectsContinue || head.Request.AcceptsTrailers || head.Request.WantsUpgrade
            || head.Request.Headers.Has(KnownHeader.Te));
        head.Reset();
        head.Read(Bytes("\n"));
        head.Reset();
        Assert.Equal(HeadStatus.Complete, head.Read(Bytes(Get())));
        Assert.Equal((0, ""), (head.RefusalStatus, head.RefusalReason));
    }

    [Fact]
    public void Head_is_incomplete_until_its_last_byte()
    {
        var bytes = Bytes(Get("Accept: */*", "X: y"));
        var head = new RequestHeadReader(Limits);
        for (var length = 0; length < bytes.Length; length++) Assert.Equal(HeadStatus.Incomplete, head.Read(bytes, length));
        Assert.Equal(HeadStatus.Complete, head.Read(bytes));
    }

    [Fact]
    public void Parsing_allocates_nothing_once_warm()
    {
        var bytes = Bytes(Get("Connection: keep-alive, X", "X: y", "Expect: 100-continue", "Cookie: a=b; c=d", "Content-Length: 5, 5",
            "Host_: b"));
        var head = new RequestHeadReader(Limits);
        head.Read(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            head.Reset();
            head.Read(bytes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
