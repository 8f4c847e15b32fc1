using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using static ClusterLb.DataPlane.Tests.Http1.Wire.Forwardings;
using static ClusterLb.DataPlane.Tests.Http1.Wire.ResponseTexts;
using Method = ClusterLb.DataPlane.Messages.HttpMethod;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class ResponseHeadWriterTests
{
    private static readonly ResponseForm Plain = new(BodyFraming.None, Close: false, ToHttp10: false);

    [Fact]
    public void Head_is_emitted_afresh() =>
        Assert.Equal(
            "HTTP/1.1 404 Not Found\r\nServer: x\r\nSet-Cookie: a=b\r\nDate: now\r\nContent-Length: 5\r\n\r\n",
            Send("HTTP/1.0 404 Not Found\r\nServer:x\r\nContent-Length:  5\r\nSet-Cookie: a=b\r\nConnection: keep-alive\r\nDate: now\r\n"
                + "\r\n"));

    [Fact]
    public void Missing_reason_stays_missing() => Assert.Equal("HTTP/1.1 200 ", Lines(Send(With("HTTP/1.1 200", "Content-Length: 0")))[0]);

    [Theory]
    [InlineData("Connection: keep-alive")]
    [InlineData("Keep-Alive: timeout=5")]
    [InlineData("Proxy-Connection: keep-alive")]
    [InlineData("Proxy-Authenticate: Basic")]
    [InlineData("Proxy-Authentication-Info: x")]
    [InlineData("Upgrade: h2c")]
    [InlineData("TE: trailers")]
    [InlineData("Content_Length: 5")]
    [InlineData("Transfer_Encoding: chunked")]
    public void Headers_of_this_hop_stay_here(string line) =>
        Assert.DoesNotContain(line[..line.IndexOf(':', StringComparison.Ordinal)] + ":", Send(Ok("Content-Length: 0", line)),
            StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Headers_named_by_connection_stay_here_but_cookies_do_not()
    {
        var lines = Lines(Send(Ok("Content-Length: 0", "Connection: X-Hop, Set-Cookie, Content-Type", "X-Hop: 1", "Set-Cookie: a=b",
            "Content-Type: text/plain")));
        Assert.DoesNotContain("X-Hop: 1", lines);
        Assert.Contains("Set-Cookie: a=b", lines);
        Assert.Contains("Content-Type: text/plain", lines);
    }

    [Fact]
    public void Upgrade_required_says_to_what()
    {
        var lines = Lines(Send(With("HTTP/1.1 426 Upgrade Required", "Upgrade: TLS/1.0", "Connection: upgrade", "Content-Length: 0")));
        Assert.Contains("Upgrade: TLS/1.0", lines);
        Assert.Contains("Connection: upgrade", lines);
    }

    [Fact]
    public void Cookies_are_never_joined() =>
        Assert.Equal(["Set-Cookie: a=b", "Set-Cookie: c=d"],
            Lines(Send(Ok("Content-Length: 0", "Set-Cookie: a=b", "Set-Cookie: c=d")))[1..3]);

    [Fact]
    public void Framing_is_what_the_caller_really_sends()
    {
        var chunked = Ok("Transfer-Encoding: chunked");
        Assert.Contains("Transfer-Encoding: chunked", Lines(Send(chunked, Plain with { Body = BodyFraming.Chunked })));
        Assert.DoesNotContain("Transfer-Encoding",
            Send(chunked, Plain with { ToHttp10 = true, Close = true, Body = BodyFraming.UntilClose }), StringComparison.Ordinal);
        Assert.Contains("Transfer-Encoding: chunked", Lines(Send(Ok(), Plain with { Body = BodyFraming.Chunked })));
        Assert.Contains("Content-Length: 5", Lines(Send(Ok("Content-Length: 05"), Plain with { Body = BodyFraming.OfLength(5) })));
    }

    [Fact]
    public void Response_to_head_says_what_get_would_get()
    {
        Assert.Contains("Content-Length: 5", Lines(Send(Ok("Content-Length: 5"), Plain, Method.Head)));
        Assert.DoesNotContain("Transfer-Encoding", Send(Ok("Transfer-Encoding: chunked"), Plain, Method.Head), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 X")]
    [InlineData("HTTP/1.1 100 Continue")]
    [InlineData("HTTP/1.1 103 Early Hints")]
    public void Bodyless_status_goes_without_framing(string line)
    {
        foreach (var header in new[] { "Content-Length: 5", "Transfer-Encoding: chunked" })
        {
            var sent = Send(With(line, header, "Link: x"), Plain);
            Assert.Contains("Link: x", Lines(sent));
            Assert.DoesNotContain(header, sent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Connection_says_what_is_not_the_default()
    {
        var text = Ok("Content-Length: 0");
        Assert.DoesNotContain("Connection", Send(text, Plain), StringComparison.Ordinal);
        Assert.Contains("Connection: close", Lines(Send(text, Plain with { Close = true })));
        Assert.Contains("Connection: close", Lines(Send(text, Plain with { Close = true, ToHttp10 = true })));
        Assert.Contains("Connection: keep-alive", Lines(Send(text, Plain with { ToHttp10 = true })));
        Assert.DoesNotContain("Connection", Send(With("HTTP/1.1 103 X"), Plain with { Close = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Switch_of_protocol_passes()
    {
        var lines = Lines(Send(With("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: WebSocket",
            "Sec-WebSocket-Accept: k"), Plain with { Edits = new ResponseEdits { Upgrade = "websocket"u8.ToArray() } }));
        Assert.Equal(["Connection: upgrade", "Upgrade: websocket"], lines[^2..]);
        Assert.Contains("Sec-WebSocket-Accept: k", lines);
    }

    [Fact]
    public void Too_small_a_destination_is_said_and_never_overrun()
    {
        var text = Ok("Content-Length: 3", "A:b", "C: d", "Via: 1.1 x");
        var (bytes, head, form) = (RequestTexts.Bytes(text), Accept(text), Plain with { Close = true, Body = BodyFraming.OfLength(3) });
        var whole = ResponseHeadWriter.Write(new byte[4096], head.Response, in form);
        for (var size = 0; size < whole; size++) Assert.Equal(-1, ResponseHeadWriter.Write(new byte[size], head.Response, in form));
        Assert.Equal(whole, ResponseHeadWriter.Write(new byte[whole], head.Response, in form));
    }

    private static string Send(string text) => Send(text, Plain with { Body = Accept(text).Response.Body });

    private static string Send(string text, ResponseForm form, Method method = Method.Get)
    {
        Span<byte> destination = new byte[4096];
        var written = ResponseHeadWriter.Write(destination, Accept(text, method).Response, in form);
        return RequestTexts.Text(destination[..written]);
    }
}
