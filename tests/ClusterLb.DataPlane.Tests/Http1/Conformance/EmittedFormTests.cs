using System.Text.RegularExpressions;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>
/// What one side chose of the form of its message never reaches the other: every part that has a form is sent once in an odd one, and what
/// arrives is compared byte by byte with the one form that is ours.
/// </summary>
public sealed partial class EmittedFormTests
{
    private const string Hop =
        "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: x\r\nVia: 1.1 clusterlb-test-#\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";
    private const string Dated = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

    public static TheoryData<TransportKind, string, string, string> Requests() => Both(
        ("version",
            "GET /a HTTP/1.0\r\nHost: x\r\n\r\n",
            $"GET /a HTTP/1.1\r\nHost: x\r\n{Hop.Replace("1.1 c", "1.0 c", StringComparison.Ordinal)}\r\n"),
        ("later version", "GET /a HTTP/1.7\r\nHost: x\r\n\r\n", $"GET /a HTTP/1.1\r\nHost: x\r\n{Hop}\r\n"),
        ("empty line first", "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", $"GET /a HTTP/1.1\r\nHost: x\r\n{Hop}\r\n"),
        ("absolute form",
            "GET HTTP://X?q HTTP/1.1\r\nHost: x\r\n\r\n",
            $"GET /?q HTTP/1.1\r\nHost: X\r\n{Hop.Replace("Host: x", "Host: X", StringComparison.Ordinal)}\r\n"),
        ("whole server", "OPTIONS http://x HTTP/1.1\r\nHost: x\r\n\r\n", $"OPTIONS * HTTP/1.1\r\nHost: x\r\n{Hop}\r\n"),
        ("Host last, with a dot and no port",
            "GET /a HTTP/1.1\r\nA: b\r\nhOST:\t x.: \t\r\n\r\n",
            $"GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n{Hop}\r\n"),
        ("no blank after the colon", "GET /a HTTP/1.1\r\nHost:x\r\nA:b\r\nC: d\r\n\r\n",
            $"GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\nC: d\r\n{Hop}\r\n"),
        ("many blanks",
            "GET /a HTTP/1.1\r\nHost: x\r\nA: \t b\tc  d \t\r\nE:\r\nF:   \r\n\r\n",
            $"GET /a HTTP/1.1\r\nHost: x\r\nA: b\tc  d\r\nE: \r\nF: \r\n{Hop}\r\n"),
        ("obs-text", "GET /a HTTP/1.1\r\nHost: x\r\nA:\u00e9\u0085\r\n\r\n", $"GET /a HTTP/1.1\r\nHost: x\r\nA: \u00e9\u0085\r\n{Hop}\r\n"),
        ("resembling names",
            "GET /a HTTP/1.1\r\nHost: x\r\nContent_Length: 5\r\nContent.Length: 5\r\nTransfer~Encoding: chunked\r\nProxy: e\r\n\r\n",
            $"GET /a HTTP/1.1\r\nHost: x\r\n{Hop}\r\n"),
        ("fields of this hop",
            "GET /a HTTP/1.1\r\nHost: x\r\nconnection:Keep-Alive ,\tX-Hop\r\nX-Hop:1\r\nKEEP-ALIVE:5\r\nTrailer:X\r\n"
                + "te:gzip;q=1, Trailers\r\n\r\n",
            $"GET /a HTTP/1.1\r\nHost: x\r\n{Hop}TE: trailers\r\nConnection: TE\r\n\r\n"),
        ("protocol",
            "GET /a HTTP/1.1\r\nHost: x\r\nConnection:UPGRADE\r\nUpgrade: h2c, WebSocket\r\n\r\n",
            $"GET /a HTTP/1.1\r\nHost: x\r\n{Hop}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
        ("hops left", "OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards:0007\r\n\r\n",
            $"OPTIONS * HTTP/1.1\r\nHost: x\r\n{Hop}Max-Forwards: 6\r\n\r\n"),
        ("length",
            "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:002 , 2\r\n\r\nhi",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Hop}Content-Length: 2\r\n\r\nhi"),
        ("two equal lengths",
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Hop}Content-Length: 2\r\n\r\nhi"),
        ("coding",
            "POST /a HTTP/1.1\r\nHost: x\r\ntransfer-encoding:  CHUNKED\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Hop}{Chunked}2\r\nhi\r\n0\r\n\r\n"),
        ("sizes",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Chunked}00A\r\n0123456789\r\n000\r\n\r\n",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Hop}{Chunked}a\r\n0123456789\r\n0\r\n\r\n"),
        ("many small chunks",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Chunked}1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Hop}{Chunked}3\r\nabc\r\n0\r\n\r\n"),
        ("extensions",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Chunked}2;a=\"b;c\";d\r\nhi\r\n0;e=f\r\n\r\n",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Hop}{Chunked}2\r\nhi\r\n0\r\n\r\n"),
        ("trailers",
            $"POST /a HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n{Chunked}2\r\nhi\r\n0\r\nX:GET /admin HTTP/1.1\r\nHost:x\r\n\r\n",
            $"POST /a HTTP/1.1\r\nHost: x\r\n{Hop}Transfer-Encoding: chunked\r\nTE: trailers\r\nConnection: TE\r\n\r\n2\r\nhi\r\n0\r\n"
                + $"\r\n"));

    public static TheoryData<TransportKind, string, string, string> Responses() => Both(
        ("version",
            $"HTTP/1.0 200 OK\r\n{Dated}Content-Length: 2\r\n\r\nhi",
            $"HTTP/1.1 200 OK\r\n{Dated}Content-Length: 2\r\nConnection: close\r\n\r\nhi"),
        ("later version",
            $"HTTP/1.2 200 OK\r\n{Dated}Content-Length: 2\r\n\r\nhi",
            $"HTTP/1.1 200 OK\r\n{Dated}Content-Length: 2\r\nConnection: close\r\n\r\nhi"),
        ("no reason",
            $"HTTP/1.1 200\r\n{Dated}Content-Length: 2\r\n\r\nhi",
            $"HTTP/1.1 200 \r\n{Dated}Content-Length: 2\r\nConnection: close\r\n\r\nhi"),
        ("blanks round the reason",
            $"HTTP/1.1 200 \t  All \u00e9 well \t\r\n{Dated}Content-Length: 2\r\n\r\nhi",
            $"HTTP/1.1 200 All \u00e9 well\r\n{Dated}Content-Length: 2\r\nConnection: close\r\n\r\nhi"),
        ("field lines",
            $"HTTP/1.1 200 OK\r\nA:b\r\nSet-Cookie:\tc=d \r\nE:\r\n{Dated}content-length:00002\r\n\r\nhi",
            $"HTTP/1.1 200 OK\r\nA: b\r\nSet-Cookie: c=d\r\nE: \r\n{Dated}Content-Length: 2\r\nConnection: close\r\n\r\nhi"),
        ("fields of this hop",
            $"HTTP/1.1 200 OK\r\n{Dated}Connection:X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\nContent_Length: 9\r\n"
                + $"Content-Length: 2\r\n\r\nhi",
            $"HTTP/1.1 200 OK\r\n{Dated}Content-Length: 2\r\nConnection: close\r\n\r\nhi"),
        ("chunks",
            $"HTTP/1.1 200 OK\r\n{Dated}transfer-encoding:Chunked\r\n\r\n001;a=b\r\nh\r\n1\r\ni\r\n00;c\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{Dated}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
        ("trailers",
            $"HTTP/1.1 200 OK\r\n{Dated}Trailer:X\r\n{Chunked}2\r\nhi\r\n0\r\nX:1 \r\nHost: y\r\nZ: \t2\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n{Dated}Trailer: X\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\nX: 1\r\n"
                + $"Z: 2\r\n\r\n"),
        ("interim",
            $"HTTP/1.0 103  Hints \r\nLink:</a>\r\nContent-Length: 9\r\nTrailer: X\r\n\r\nHTTP/1.1 204 None\r\n{Dated}\r\n",
            $"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 None\r\n{Dated}Connection: close\r\n\r\n"));

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_backend_gets_our_form(TransportKind transport, string name, string sent, string expected)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener with { Upgrades = ["websocket"] },
            Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(sent);

        Assert.Equal((name, 200), (name, (await client.ReadAsync()).Status));
        Assert.Empty(backend.Violations);
        Assert.Equal(expected, Pseudonym().Replace(backend.Requests.Single().Wire, "$1#"));
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task A_client_gets_our_form(TransportKind transport, string name, string sent, string expected)
    {
        await using var backend = RawBackend.Start(_ => sent);
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: close\r\n\r\n");

        Assert.Equal((name, expected), (name, await client.ReadToEndAsync()));
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task A_client_that_takes_no_trailers_hears_of_none(TransportKind transport)
    {
        await using var backend = RawBackend.Start(_ => $"HTTP/1.1 200 OK\r\n{Dated}Trailer: X\r\n{Chunked}2\r\nhi\r\n0\r\nX: 1\r\n\r\n");
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Equal($"HTTP/1.1 200 OK\r\n{Dated}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_switch_names_the_protocol_as_we_spell_it()
    {
        await using var backend =
            RawBackend.Start(_ =>
            "HTTP/1.1 101  Go\r\nUPGRADE:WebSocket\r\nConnection:Upgrade, X\r\nX: 1\r\nSec-WebSocket-Accept:a\r\n\r\n");
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: WEBSOCKET\r\n\r\n");

        const string expected = "HTTP/1.1 101 Go\r\nSec-WebSocket-Accept: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
        Assert.Equal(expected, await client.ReadExactlyAsync(expected.Length));
    }

    [GeneratedRegex("(clusterlb-test-)[0-9a-f]{16}")]
    private static partial Regex Pseudonym();

    private static TheoryData<TransportKind, string, string, string> Both(params (string Name, string Sent, string Expected)[] cases)
    {
        var data = new TheoryData<TransportKind, string, string, string>();
        foreach (var (name, sent, expected) in cases)
        {
            data.Add(TransportKind.Epoll, name, sent, expected);
            data.Add(TransportKind.Sockets, name, sent, expected);
        }

        return data;
    }
}
