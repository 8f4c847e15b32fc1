using ClusterLb.DataPlane.Http1.Wire;
using static ClusterLb.DataPlane.Tests.Http1.Wire.Forwardings;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class RequestHeadWriterTests
{
    private const string Trusted = "10.1.2.3";

    [Fact]
    public void Head_is_emitted_afresh()
    {
        var sent = Forward("GET /a?b HTTP/1.0\r\nAccept:  text/html \r\nHost: shop.example\r\nX-Empty:\r\nUser-Agent: x\r\n\r\n");
        Assert.Equal(
            "GET /a?b HTTP/1.1\r\nHost: shop.example\r\nAccept: text/html\r\nX-Empty: \r\nUser-Agent: x\r\n"
            + "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: shop.example\r\nVia: 1.0 clusterlb-lb1\r\n\r\n",
            sent);
    }

    [Fact]
    public void End_to_end_headers_keep_their_order_and_repetitions()
    {
        var lines = Lines(Forward(Get("A: 1", "Connection: close", "B:2", "A: 3", "Keep-Alive: x", "Cookie: c=d", "C: ", "Cookie: e=f")));
        Assert.Equal(["A: 1", "B: 2", "A: 3", "Cookie: c=d", "C: ", "Cookie: e=f"], lines[2..8]);
    }

    [Theory]
    [InlineData("Connection: keep-alive")]
    [InlineData("Keep-Alive: timeout=5")]
    [InlineData("Proxy-Connection: keep-alive")]
    [InlineData("Proxy-Authorization: Basic x")]
    [InlineData("Proxy-Authenticate: Basic")]
    [InlineData("Proxy-Authentication-Info: x")]
    [InlineData("Proxy: http://evil")]
    [InlineData("TE: gzip")]
    [InlineData("Trailer: X")]
    [InlineData("Content.Length: 5")]
    [InlineData("Upgrade: websocket")]
    [InlineData("Upgrade: h2c")]
    [InlineData("HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")]
    [InlineData("Content_Length: 5")]
    [InlineData("Transfer_Encoding: chunked")]
    [InlineData("transfer_encoding: chunked")]
    [InlineData("X_Forwarded_For: 1.1.1.1")]
    [InlineData("X-Forwarded_For: 1.1.1.1")]
    [InlineData("X_Forwarded-Ssl: on")]
    [InlineData("Proxy_Authorization: x")]
    [InlineData("Max_Forwards: 0")]
    [InlineData("Expect: 100-continue")]
    public void Headers_of_this_hop_and_their_lookalikes_stay_here(string line) =>
        Assert.DoesNotContain(line, Forward(Get(line)), StringComparison.Ordinal);

    [Theory]
    [InlineData("My_Header: x")]
    [InlineData("My.Header: x")]
    [InlineData("Content-Length_: 5")]
    [InlineData("Date: Mon, 01 Jan 2026 00:00:00 GMT")]
    [InlineData("Authorization: Bearer x")]
    [InlineData("Max-Forwards: 5")]
    [InlineData("X-Real-IP: 1.1.1.1")]
    [InlineData("Sec-WebSocket-Key: x")]
    public void Everything_else_passes(string line) => Assert.Contains(line, Lines(Forward(Get(line))));

    [Fact]
    public void Headers_named_by_connection_stay_here()
    {
        var sent = Forward(Get("X-Hop: 1", "Connection: x-hop, X-OTHER", "X-Other: 2", "X-Kept: 3"));
        Assert.DoesNotContain("X-Hop", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Other", sent, StringComparison.Ordinal);
        Assert.Contains("X-Kept: 3", Lines(sent));
    }

    [Theory]
    [InlineData("Authorization: Bearer x")]
    [InlineData("Cookie: SERVERID=a")]
    [InlineData("Content-Type: text/plain")]
    [InlineData("Cache-Control: no-cache")]
    [InlineData("X-Forwarded-Port: 443")]
    [InlineData("X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-Host: h")]
    [InlineData("Forwarded: for=1.1.1.1")]
    public void Connection_cannot_take_away_what_backends_rely_on(string line)
    {
        var name = line[..line.IndexOf(':', StringComparison.Ordinal)];
        Assert.Contains(Lines(Forward(Get(line, "Connection: close, " + name), From(Trusted))),
            sent => sent.StartsWith(line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("Via")]
    [InlineData("Content-Length")]
    public void Connection_cannot_take_away_what_we_say(string name)
    {
        var sent = Forward(Post("Content-Length: 3", "Connection: " + name));
        Assert.Contains($"\r\n{name}: ", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void Strangers_claims_are_replaced()
    {
        var lines = Lines(Forward(Get(
            "X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Forwarded-Port: 1",
                "Forwarded: for=1.1.1.1", "x-forwarded-for: 2.2.2.2")));
        Assert.Equal(
            ["GET / HTTP/1.1", "Host: a", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http", "X-Forwarded-Host: a", "Via: 1.1 "
                + "clusterlb-lb1"], lines);
    }

    [Fact]
    public void Trusted_clients_claims_are_kept_and_added_to()
    {
        var lines = Lines(Forward(
            Get("X-Forwarded-For: 1.1.1.1, 2.2.2.2", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop", "X-Forwarded-Port: 443",
                "x-forwarded-for: 3.3.3.3", "Forwarded: for=1.1.1.1"),
            From(Trusted)));
        Assert.Equal(
            [
                "GET / HTTP/1.1", "Host: a", "X-Forwarded-Port: 443", "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3, 10.1.2.3",
                    "X-Forwarded-Proto: https", "X-Forwarded-Host: shop",
                "Forwarded: for=1.1.1.1;proto=https;host=\"shop\", for=2.2.2.2, for=3.3.3.3, for=10.1.2.3;proto=http;host=\"a\"",
                    "Via: 1.1 clusterlb-lb1",
            ],
            lines);
    }

    [Fact]
    public void Trusted_client_without_claims_is_described_by_us() =>
        Assert.Contains("X-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\n",
            Forward(Get("X-Forwarded-For: "), From(Trusted)), StringComparison.Ordinal);

    [Theory]
    [InlineData("192.0.2.7", "for=192.0.2.7;proto=http;host=\"a\"")]
    [InlineData("2001:db8::7", "for=\"[2001:db8::7]\";proto=http;host=\"a\"")]
    [InlineData(Trusted, "for=1.1.1.1;proto=http;host=\"a\", for=10.1.2.3;proto=http;host=\"a\"")]
    public void Forwarded_is_sent_when_asked_for(string client, string expected) =>
        Assert.Contains("Forwarded: " + expected, Lines(Forward(Get("Forwarded: for=1.1.1.1"), From(client, sendForwarded: true))));

    [Theory]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("fe80::1%3", "fe80::1")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    public void Client_address_is_plain_text(string client, string expected) =>
        Assert.Contains("X-Forwarded-For: " + expected, Lines(Forward(Get(), From(client))));

    [Fact]
    public void Via_is_appended_to()
    {
        Assert.Contains("Via: 1.1 x, 1.0 y, 1.1 clusterlb-lb1", Lines(Forward(Get("Via: 1.1 x", "via: 1.0 y"))));
        Assert.Contains("Via: 1.0 clusterlb-lb1", Lines(Forward(With("GET / HTTP/1.0", "Host: a"))));
    }

    [Theory]
    [InlineData("1.1 x (a, (b) \\), c), , 1.0 y", "1.1 x, 1.0 y, ")]
    [InlineData("1.1 x (open, 1.0 y (b)", "1.1 x, 1.0 y, ")]
    [InlineData(",", "")]
    [InlineData("(b,,,,)", "")]
    public void Via_is_passed_on_without_comments_in_which_ours_could_be_lost(string sent, string expected) =>
        Assert.Contains($"Via: {expected}1.1 clusterlb-lb1", Lines(Forward(Get("Via: " + sent))));

    [Fact]
    public void Without_a_name_of_ours_Via_passes_and_none_is_made()
    {
        var silent = From("192.0.2.7");
        silent.Via = null;
        Assert.DoesNotContain("Via", Forward(Get(), silent), StringComparison.Ordinal);
        Assert.Equal(["Via: 1.1 x", "via: 1.0 y"], Lines(Forward(Get("Via:1.1 x", "via: 1.0 y"), silent))
            .Where(line => line.StartsWith("via", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Old_client_without_host_gets_the_listeners()
    {
        var lines = Lines(Forward(With("GET / HTTP/1.0")));
        Assert.Equal("Host: 127.0.0.1:8080", lines[1]);
        Assert.Contains("X-Forwarded-Host: 127.0.0.1:8080", lines);
    }

    [Fact]
    public void Absolute_target_rewrites_host()
    {
        var lines = Lines(Forward(With("GET http://A:80/x HTTP/1.1", "Host: a")));
        Assert.Equal(["GET /x HTTP/1.1", "Host: A:80"], lines[..2]);
    }

    [Theory]
    [InlineData("Content-Length: 007", "Content-Length: 7")]
    [InlineData("Content-Length: 7, 7", "Content-Length: 7")]
    [InlineData("Content-Length: 0", "Content-Length: 0")]
    [InlineData("transfer-encoding: CHUNKED", "Transfer-Encoding: chunked")]
    public void Framing_is_our_own(string received, string sent) =>
        Assert.Equal(sent, Assert.Single(Lines(Forward(Post(received))), line => line.Contains("ength", StringComparison.Ordinal)
            || line.Contains("ncoding", StringComparison.Ordinal)));

    [Fact]
    public void Expectation_is_passed_on_with_a_body() =>
        Assert.Contains("Expect: 100-continue", Lines(Forward(Post("expect: 100-Continue", "Content-Length: 3"))));

    [Fact]
    public void Upgrade_passes_when_it_may()
    {
        var text = Get("Connection: keep-alive, Upgrade", "Upgrade: websocket, h2c", "Sec-WebSocket-Key: k");
        var lines = Lines(Forward(text, upgrade: "websocket"));
        Assert.Equal(["Connection: upgrade", "Upgrade: websocket"], lines[^2..]);
        Assert.Contains("Sec-WebSocket-Key: k", lines);
        Assert.DoesNotContain("pgrade", Forward(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Wish_for_trailers_passes_as_a_wish_of_ours() =>
        Assert.Equal(["TE: trailers", "Connection: TE"], Lines(Forward(Get("TE: gzip;q=0.5, trailers", "Connection: TE")))[^2..]);

    [Theory]
    [InlineData("5", "4")]
    [InlineData("1", "0")]
    [InlineData("0", "0")]
    public void Max_forwards_counts_down(string received, string sent) =>
        Assert.Contains("Max-Forwards: " + sent, Lines(Forward(With("OPTIONS * HTTP/1.1", "Host: a", "Max-Forwards: " + received))));

    [Fact]
    public void Too_small_a_destination_is_said_and_never_overrun()
    {
        var text = Post("A: b", "Content-Length: 3", "C:d", "Expect: 100-continue", "TE: trailers", "Via: 1.1 x");
        var (bytes, head, forwarding) = (Bytes(text), Accept(text), From("192.0.2.7", sendForwarded: true));
        var whole = RequestHeadWriter.Write(new byte[4096], head.Request, forwarding, upgrade: default);
        for (var size = 0; size < whole; size++)
            Assert.Equal(-1, RequestHeadWriter.Write(new byte[size], head.Request, forwarding, upgrade: default));
        Assert.Equal(whole, RequestHeadWriter.Write(new byte[whole], head.Request, forwarding, upgrade: default));
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        var text = Post("A: b", "Content-Length: 3", "X-Forwarded-For: 1.1.1.1, [::1]:1", "X-Forwarded-Proto: https, ftp, http",
            "X-Forwarded-Host: b., c",
            "Forwarded: for=1.1.1.1, for=\"[::1]\";by=x, for=\"", "Via: 1.1 x (a, b), 1.0 y (", "Connection: A");
        var (bytes, head, forwarding, destination) = (Bytes(text), Accept(text), From(Trusted, sendForwarded: true), new byte[4096]);
        RequestHeadWriter.Write(destination, head.Request, forwarding, upgrade: default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) RequestHeadWriter.Write(destination, head.Request, forwarding, upgrade: default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
