using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.Benchmarks;

/// <summary>One line of the access log from a request's record, in each form. Must allocate nothing.</summary>
[MemoryDiagnoser]
public class AccessLogBenchmark
{
    private static readonly byte[] s_head = Encoding.ASCII.GetBytes(
        "GET /shop/articles/1234?sort=price&page=2 HTTP/1.1\r\nHost: shop.example.com\r\nConnection: keep-alive\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36\r\n"
        + "Accept: */*\r\nReferer: https://shop.example.com/\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n");

    private static readonly PeerAddress s_peer = PeerAddress.From(new IPEndPoint(IPAddress.Loopback, 50_000));

    private readonly RequestHeadReader _request = new(new HttpLimits
    {
        HeadBytes = 16_384,
        HeaderCount = 100,
        TargetBytes = 8_192,
        BodyBytes = 0,
        BodyRate = 240
    });

    private readonly RequestRecord _record = new();
    private readonly AccessLine _json = LineOf(AccessLogFormat.Json);
    private readonly AccessLine _text = LineOf(AccessLogFormat.Text);
    private readonly AccessLine _combined = LineOf(AccessLogFormat.Combined);
    private readonly AccessLine _few = LineOf(AccessLogFormat.Json, "time", "client", "target", "status", "total_us");

    public AccessLogBenchmark()
    {
        _request.Read(s_head, s_head.Length);
        _record.Begin();
        _record.Takes("default", count: null);
        (_record.Pool, _record.Decision) = ("app", "p2c");
        _record.Tries("b1");
        _record.Responded(200);
        (_record.RequestBytes, _record.ResponseBytes, _record.ResponseHeadBytes) = (s_head.Length, 1_300, 276);
    }

    [Benchmark(Baseline = true)]
    public int Json() => Write(_json);

    [Benchmark]
    public int Json_of_five_fields() => Write(_few);

    [Benchmark]
    public int Text() => Write(_text);

    [Benchmark]
    public int Combined() => Write(_combined);

    private int Write(AccessLine line) => line.Of(new AccessEntry(
        _record, "lb1", "web", s_peer, new Asked(_request.Request, default, trustsClient: false), TimeProvider.System.GetUtcNow())).Length;

    private static AccessLine LineOf(AccessLogFormat format, params string[] fields) =>
        AccessFields.LineOf(new AccessLogConfig { Format = format, Fields = [.. fields], Path = "-" });
}
