using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;
using HttpMethod = ClusterLb.DataPlane.Messages.HttpMethod;

namespace ClusterLb.Benchmarks;

/// <summary>What the HTTP/1.1 codec costs of a proxied request: both heads read and written, nothing else. Must allocate nothing.</summary>
[MemoryDiagnoser]
public class HeadBenchmark
{
    private static readonly byte[] WrkRequest = Encoding.ASCII.GetBytes(
        "GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: wrk/4.1.0\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n"
            + "X-Request: 1\r\n\r\n");

    private static readonly byte[] BrowserRequest = Encoding.ASCII.GetBytes(
        "GET /shop/articles/1234?sort=price&page=2 HTTP/1.1\r\nHost: shop.example.com\r\nConnection: keep-alive\r\n"
            + "Cache-Control: max-age=0\r\n"
        + "Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/126.0.0.0 Safari/537.36\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
            + "Referer: https://shop.example.com/\r\n"
        + "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9,de;q=0.8\r\n"
            + "Cookie: SERVERID=v1.k1.abcdefgh; session=0123456789abcdef\r\n\r\n");

    private static readonly byte[] NginxResponse = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nContent-Type: text/html\r\n"
            + "Content-Length: 1024\r\n"
        + "Last-Modified: Mon, 23 Nov 2026 11:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"65a1b2c3-400\"\r\nAccept-Ranges: bytes\r\n"
            + "\r\n");

    private static readonly HttpLimits Limits = new()
    {
        HeadBytes = 16_384,
        HeaderCount = 100,
        TargetBytes = 8_192,
        BodyBytes = 0,
        BodyRate = 240
    };

    private readonly byte[] _destination = new byte[4096];
    private readonly RequestHeadReader _request = new(Limits);
    private readonly ResponseHeadReader _response = new();
    private readonly Forwarding _forwarding = new(sendForwarded: false) { Via = new ViaElement("clusterlb-lb1-4f9a3c2e71d05b86") };

    public HeadBenchmark() => _forwarding.SetClient(PeerAddress.From(new IPEndPoint(IPAddress.Loopback, 50_000)), trusted: false);

    [Benchmark(Baseline = true)]
    public int Wrk_request() => Request(WrkRequest);

    [Benchmark]
    public int Browser_request() => Request(BrowserRequest);

    [Benchmark]
    public int Nginx_response()
    {
        _response.Reset();
        _response.Read(NginxResponse, 0, NginxResponse.Length, HttpMethod.Get);
        var form = new ResponseForm(_response.Response.Body, Close: false, ToHttp10: false);
        return ResponseHeadWriter.Write(_destination, _response.Response, in form);
    }

    [Benchmark]
    public int Wrk_request_parse_only()
    {
        _request.Reset();
        return (int)_request.Read(WrkRequest, WrkRequest.Length);
    }

    [Benchmark]
    public int Nginx_response_parse_only()
    {
        _response.Reset();
        return (int)_response.Read(NginxResponse, 0, NginxResponse.Length, HttpMethod.Get);
    }

    private int Request(byte[] received)
    {
        _request.Reset();
        _request.Read(received, received.Length);
        return RequestHeadWriter.Write(_destination, _request.Request, _forwarding, upgrade: default);
    }
}
