using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>
/// What must never reach a backend, over a raw socket and on both transports. Every case is followed by a second request, as a smuggler
/// would: after a refusal nothing more is read, so the backend sees neither.
/// </summary>
public sealed class RefusedRequestTests
{
    private const string Next = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<TransportKind, string, string, int[]> Cases()
    {
        var data = new TheoryData<TransportKind, string, string, int[]>();
        foreach (var (name, request, statuses) in All())
        {
            data.Add(TransportKind.Epoll, name, request, statuses);
            data.Add(TransportKind.Sockets, name, request, statuses);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Is_refused_and_the_connection_closed(TransportKind transport, string name, string request, int[] statuses)
    {
        await using var backend = RawBackend.Start();
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, Configs.PoolOf(backend.EndPoint));
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);

        await client.SendAsync(request + Next);
        var response = await client.ReadAsync(request.StartsWith("HEAD ", StringComparison.Ordinal) ? "HEAD" : "GET");

        Assert.True(statuses.Contains(response.Status), $"{name}: {response.Status}");
        Assert.Equal("close", response.Field("Connection"));
        Assert.True(await client.IsClosedAsync(), name);
        Assert.DoesNotContain(backend.Requests, seen => seen.Head.Contains("smuggled", StringComparison.Ordinal)
            || seen.Line.Contains("refused", StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, string Request, int[] Statuses)> All()
    {
        int[] bad = [400];
        yield return ("Transfer-Encoding and Content-Length", Post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), bad);
        yield return ("Content-Length and Transfer-Encoding", Post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"), bad);
        yield return ("Transfer-Encoding in HTTP/1.0", "POST /refused HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            bad);
        string[] codings =
        [
            "xchunked", "chunked, chunked", ",chunked", "chunked,", "chunked;x", "chunked;", "identity", "chunked, identity", "\"chunked\"",
            "x chunked", "chunked\u000b", "\u000bchunked", "\fchunked",
        ];
        foreach (var coding in codings)
            yield return ($"Transfer-Encoding: {coding}", Post($"Transfer-Encoding: {coding}", "0\r\n\r\n"), [400, 501]);
        yield return ("Transfer-Encoding: gzip, chunked", Post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), [400, 501]);
        yield return ("two Transfer-Encoding lines", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), bad);
        yield return ("Transfer-Encoding twice, one hidden", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", "0\r\n\r\n"),
            [400, 501]);
        yield return ("space before the colon of Transfer-Encoding", Post("Transfer-Encoding : chunked", "0\r\n\r\n"), bad);
        yield return ("folded Transfer-Encoding", Post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"), bad);
        foreach (var length in new[] { "+5", "-5", "0x5", "5_0", "", " ", "5 5", "5,6", "5, 6", "5;", "5.0", "1e1", "9223372036854775808",
            "99999999999999999999", "five", "٥" })
        {
            yield return ($"Content-Length: {length}", Post($"Content-Length: {length}", "hello"), bad);
        }

        yield return ("two different Content-Lengths", Post("Content-Length: 5\r\nContent-Length: 6", "hello"), bad);
        string[] chunks =
        [
            "5 \r\nhello\r\n", " 5\r\nhello\r\n", "+5\r\nhello\r\n", "-1\r\n", "0x5\r\nhello\r\n", "5\nhello\r\n", "5\r\nhello\n",
                "5\r\nhello!\r\n",
            "5\r\nhelloXX", "\r\n", "g\r\n", "5;a\nb\r\nhello\r\n", "5;a\rb\r\nhello\r\n", "10000000000000000\r\n", "8000000000000000\r\n",
            "5\rhello\r\n", "5,\r\nhello\r\n", "5;\r\nhello\r\n", "5;;a\r\nhello\r\n", "5;=a\r\nhello\r\n", "5;a=\r\nhello\r\n",
            "5;a b\r\nhello\r\n", "5;a=\"b\r\nhello\r\n", "5;a=\"b\r\n\"\r\nhello\r\n", "5;@\r\nhello\r\n", "5;a \r\nhello\r\n",
        ];
        foreach (var chunk in chunks)
            yield return ($"chunk {chunk}", Post("Transfer-Encoding: chunked", chunk + "0\r\n\r\n"), bad);
        foreach (var trailer in new[] { "X y\r\n", " X: y\r\n", ": y\r\n", "X: y\n", "X : y\r\n" })
            yield return ($"trailer {trailer}", Post("Transfer-Encoding: chunked", "0\r\n" + trailer + "\r\n"), bad);
        string[] lines =
        [
            "GET  /refused HTTP/1.1", "GET\t/refused HTTP/1.1", "GET /refused  HTTP/1.1", "GET /refused HTTP/1.1 ",
                " GET /refused HTTP/1.1",
            "GET /refused", "GET /refused HTTP/1.1x", "GET /refused http/1.1", "GET /refused HTTP/1.1\r", "GET /re fused HTTP/1.1",
            "G@T /refused HTTP/1.1", "GET /refused HTTP/11", "GET /refused HTTP/1.10", "GET /refused HTTP/1.x", "GET /refused HTTP/01.1",
            "GET /refused HTTP/1", "GET /refused HTTP/1,1", "GET /refused HTTX/1.1", "GET refused HTTP/1.1", "GET /refused#x HTTP/1.1",
            "GET /refused\u0001 HTTP/1.1", "GET /refused\u007f HTTP/1.1", "GET /refused\u00e9 HTTP/1.1", "GET * HTTP/1.1",
            "GET ftp://x/refused HTTP/1.1", "GET http:///refused HTTP/1.1", "GET http://u@x/refused HTTP/1.1",
                "GET http://u:p@x/refused HTTP/1.1",
        ];
        foreach (var line in lines)
            yield return (line, $"{line}\r\nHost: x\r\n\r\n", bad);
        foreach (var version in new[] { "0.9", "2.0", "2.1", "3.0", "9.9" })
            yield return ($"HTTP/{version}", $"GET /refused HTTP/{version}\r\nHost: x\r\n\r\n", [400, 505]);
        yield return ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]);
        yield return ("no Host", "GET /refused HTTP/1.1\r\nA: b\r\n\r\n", bad);
        yield return ("two Hosts", "GET /refused HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", bad);
        foreach (var host in new[] { "x,y", "x y", "x/y", "u@x", "x:port", "x:99999", "x:1:2", "[::1", "[x]", "x?y", "x#y", "x\\y" })
            yield return ($"Host: {host}", $"GET /refused HTTP/1.1\r\nHost: {host}\r\n\r\n", bad);
        yield return ("absolute form that differs from Host", "GET http://a/refused HTTP/1.1\r\nHost: b\r\n\r\n", bad);
        foreach (var field in new[] { "A : b", ": b", "A", " A: b", "A\t: b", "A@: b", "A(: b", "A: b\0", "A: b\u0001c", "A: b\u007f",
            "A: b\rc", "A: b\r\n c", "A: b\r\n\tc" })
        {
            yield return ($"field {field}", $"GET /refused HTTP/1.1\r\nHost: x\r\n{field}\r\n\r\n", bad);
        }

        yield return ("space before the first field", "GET /refused HTTP/1.1\r\n Host: x\r\n\r\n", bad);
        yield return ("bare LF after the request line", "GET /refused HTTP/1.1\nHost: x\r\n\r\n", bad);
        yield return ("bare LF after a field", "GET /refused HTTP/1.1\r\nHost: x\n\r\n", bad);
        yield return ("bare LF as the empty line", "GET /refused HTTP/1.1\r\nHost: x\r\n\n", bad);
        yield return ("two empty lines first", "\r\n\r\nGET /refused HTTP/1.1\r\nHost: x\r\n\r\n", bad);
        yield return ("a bare LF first", "\nGET /refused HTTP/1.1\r\nHost: x\r\n\r\n", bad);
        yield return ("CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", [400, 405, 501]);
        yield return ("TRACE", "TRACE /refused HTTP/1.1\r\nHost: x\r\n\r\n", [405, 501]);
        yield return ("method of 65 bytes", $"{new string('M', 65)} /refused HTTP/1.1\r\nHost: x\r\n\r\n", [501]);
        yield return ("method of kilobytes", $"{new string('M', 9_000)} /refused HTTP/1.1\r\nHost: x\r\n\r\n", [501]);
        yield return ("method without an end", new string('M', 70_000), [501]);
        yield return ("unknown expectation", Post("Content-Length: 5\r\nExpect: 200-ok", "hello"), [417]);
        yield return ("TLS to a plain port", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001", bad);
        yield return ("head too large", $"GET /refused HTTP/1.1\r\nHost: x\r\nA: {new string('a', 17_000)}\r\n\r\n", [431]);
        yield return ("too many fields", $"GET /refused HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Repeat("A: b\r\n", 101))}\r\n",
            [431]);
        yield return ("target too long", $"GET /refused{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n", [414]);
    }

    private static string Post(string fields, string body) => $"POST /refused HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{body}";
}
