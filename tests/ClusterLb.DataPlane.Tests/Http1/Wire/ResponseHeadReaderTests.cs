using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using static ClusterLb.DataPlane.Tests.Http1.Wire.ResponseTexts;
using Method = ClusterLb.DataPlane.Messages.HttpMethod;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class ResponseHeadReaderTests
{
    [Fact]
    public void Plain_response_is_read_whole()
    {
        var text = Ok("Content-Length: 5", "Server: x");
        var head = Accept(text + "hello");
        Assert.Equal((text.Length, 200, BodyFraming.OfLength(5), 2),
            (head.Length, head.Response.Status, head.Response.Body, head.Response.Headers.Count));
        Assert.Equal("OK", RequestTexts.Text(head.Response.Reason));
        Assert.True(head.KeepAlive);
        Assert.False(head.Response.IsInterim);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", 200, "OK")]
    [InlineData("HTTP/1.1 200 ", 200, "")]
    [InlineData("HTTP/1.1 200", 200, "")]
    [InlineData("HTTP/1.0 404 Not \tFound \u00E9", 404, "Not \tFound \u00E9")]
    [InlineData("HTTP/1.1 999 X", 999, "X")]
    [InlineData("HTTP/1.2 200 OK", 200, "OK")]
    [InlineData("HTTP/1.9 200  \t OK ", 200, "OK")]
    public void Status_lines_are_read(string line, int status, string reason)
    {
        var head = Accept(With(line));
        Assert.Equal((status, reason), (head.Response.Status, RequestTexts.Text(head.Response.Reason)));
    }

    [Theory]
    [InlineData("HTTP/1.1  200 OK")]
    [InlineData("HTTP/1.1 200OK")]
    [InlineData("HTTP/1.1 20 OK")]
    [InlineData("HTTP/1.1 2000 OK")]
    [InlineData("HTTP/1.1 099 OK")]
    [InlineData("HTTP/1.1 2x0 OK")]
    [InlineData("HTTP/1.1 -20 OK")]
    [InlineData("HTTP/1.1 +20 OK")]
    [InlineData("HTTP/1.1\t200 OK")]
    [InlineData("HTTP/1.1 200\tOK")]
    [InlineData("HTTP/1.1")]
    [InlineData("HTTP/1.1 ")]
    [InlineData("HTTP/0.9 200 OK")]
    [InlineData("HTTP/2.0 200 OK")]
    [InlineData("HTTP/2 200 OK")]
    [InlineData("http/1.1 200 OK")]
    [InlineData("ICY 200 OK")]
    [InlineData(" HTTP/1.1 200 OK")]
    [InlineData("<html>hello, this is not HTTP at all</html>")]
    [InlineData("")]
    public void Malformed_status_line_is_refused(string line) =>
        Assert.Equal(HeadStatus.Refused, Parse(With(line, "Content-Length: 0")).Status);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nX: y\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\r\n\n")]
    [InlineData("HTTP/1.1 200 O\rK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\0K\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\rSet-Cookie: z\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\u0001\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX : y\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: y\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n X: y\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX@: y\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public void Malformed_lines_are_refused(string text)
    {
        var (status, head) = Parse(text);
        Assert.Equal(HeadStatus.Refused, status);
        Assert.NotEmpty(head.RefusalReason);
    }

    [Theory]
    [InlineData(Method.Get, "HTTP/1.1 200 OK", "Content-Length: 5", BodyKind.Length)]
    [InlineData(Method.Get, "HTTP/1.1 200 OK", "Content-Length: 5, 5", BodyKind.Length)]
    [InlineData(Method.Get, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", BodyKind.Chunked)]
    [InlineData(Method.Get, "HTTP/1.1 200 OK", "X: y", BodyKind.UntilClose)]
    [InlineData(Method.Post, "HTTP/1.1 500 X", "X: y", BodyKind.UntilClose)]
    [InlineData(Method.Get, "HTTP/1.0 200 OK", "X: y", BodyKind.UntilClose)]
    [InlineData(Method.Get, "HTTP/1.0 200 OK", "Content-Length: 5", BodyKind.Length)]
    [InlineData(Method.Head, "HTTP/1.1 200 OK", "Content-Length: 5", BodyKind.None)]
    [InlineData(Method.Head, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", BodyKind.None)]
    [InlineData(Method.Head, "HTTP/1.1 200 OK", "X: y", BodyKind.None)]
    [InlineData(Method.Get, "HTTP/1.1 204 X", "Content-Length: 5", BodyKind.None)]
    [InlineData(Method.Get, "HTTP/1.1 304 X", "Content-Length: 5", BodyKind.None)]
    [InlineData(Method.Get, "HTTP/1.1 304 X", "Transfer-Encoding: chunked", BodyKind.None)]
    [InlineData(Method.Get, "HTTP/1.1 100 X", "Content-Length: 5", BodyKind.None)]
    [InlineData(Method.Get, "HTTP/1.1 103 X", "Transfer-Encoding: chunked", BodyKind.None)]
    [InlineData(Method.Get, "HTTP/1.1 101 X", "X: y", BodyKind.None)]
    [InlineData(Method.Get, "HTTP/1.1 205 X", "Content-Length: 0", BodyKind.Length)]
    internal void Body_ends_by_method_status_and_framing(Method method, string line, string header, BodyKind kind) =>
        Assert.Equal(kind, Accept(With(line, header), method).Response.Body.Kind);

    [Fact]
    public void Ambiguous_framing_of_a_head_response_is_refused_too() =>
        Assert.Equal(HeadStatus.Refused, Parse(Ok("Content-Length: 5", "Content-Length: 6"), Method.Head).Status);

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 0", "X: y", true)]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 0", "Connection: close", false)]
    [InlineData("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Connection: X, Close", false)]
    [InlineData("HTTP/1.1 200 OK", "X: y", "Connection: keep-alive", false)]
    [InlineData("HTTP/1.0 200 OK", "Content-Length: 0", "X: y", false)]
    [InlineData("HTTP/1.0 200 OK", "Content-Length: 0", "Connection: keep-alive", true)]
    [InlineData("HTTP/1.0 200 OK", "X: y", "Connection: keep-alive", false)]
    [InlineData("HTTP/1.1 204 X", "X: y", "X: y", true)]
    public void Backend_says_whether_its_connection_may_be_used_again(string line, string first, string second, bool keepAlive) =>
        Assert.Equal(keepAlive, Accept(With(line, first, second)).KeepAlive);

    [Theory]
    [InlineData(100, true)]
    [InlineData(102, true)]
    [InlineData(103, true)]
    [InlineData(199, true)]
    [InlineData(101, false)]
    [InlineData(200, false)]
    public void Interim_responses_are_told_from_final_ones(int status, bool interim) =>
        Assert.Equal(interim, Accept(With($"HTTP/1.1 {status} X")).Response.IsInterim);

    [Fact]
    public void Switch_names_its_protocol()
    {
        var text = With("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket");
        Assert.Equal("websocket", RequestTexts.Text(Accept(text).Response.UpgradeProtocol));
    }

    [Fact]
    public void Endless_head_is_refused()
    {
        Assert.Equal(HeadStatus.Refused, Parse("HTTP/1.1 200 OK\r\nX: " + new string('a', 70_000)).Status);
        Assert.Equal(HeadStatus.Refused, Parse(Ok([.. Enumerable.Repeat("A: b", 501)])).Status);
        Assert.Equal(HeadStatus.Refused, Parse(Ok("Connection: " + string.Join(", ", Enumerable.Repeat("x", 33)))).Status);
    }

    [Fact]
    public void Reset_head_knows_nothing_of_the_last_response()
    {
        var head = Accept(With("HTTP/1.0 101 X", "Upgrade: websocket", "Connection: close"));
        head.Reset();
        Assert.Equal(HeadStatus.Complete, head.Read(RequestTexts.Bytes(Ok("Content-Length: 5")), Method.Head));
        Assert.Equal((200, 5L, true, 1),
            (head.Response.Status, head.Response.DescribedLength, head.KeepAlive, head.Response.Headers.Count));
        Assert.True(head.Response.UpgradeProtocol.IsEmpty);
        head.Reset();
        Assert.Equal(HeadStatus.Complete, head.Read(RequestTexts.Bytes(Ok("Content-Length: 6")), Method.Get));
        Assert.Equal((-1L, BodyFraming.OfLength(6)), (head.Response.DescribedLength, head.Response.Body));
        head.Reset();
        Assert.Equal(HeadStatus.Refused, head.Read("\n"u8.ToArray(), Method.Get));
        Assert.Equal(HeadStatus.Refused, head.Read(RequestTexts.Bytes(Ok()), Method.Get));
        head.Reset();
        Assert.Equal("", head.RefusalReason);
    }
}
