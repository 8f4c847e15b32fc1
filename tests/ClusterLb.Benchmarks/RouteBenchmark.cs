using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Http1;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.Testing;

namespace ClusterLb.Benchmarks;

/// <summary>
/// Finding the route of a request among few, many and very many: a third by exact host, a third by suffix, a third by path prefix. Must
/// allocate nothing.
/// </summary>
[MemoryDiagnoser]
public class RouteBenchmark
{
    private readonly RequestHead _byHost = new(Configs.Listener.Limits);
    private readonly RequestHead _bySuffix = new(Configs.Listener.Limits);
    private readonly RequestHead _byPath = new(Configs.Listener.Limits);
    private byte[] _hostBytes = [];
    private byte[] _suffixBytes = [];
    private byte[] _pathBytes = [];
    private ListenerRoutes _routes = null!;

    [Params(1, 100, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Build()
    {
        var listener = Configs.Listener with { Routes = Enumerable.Range(0, Routes).Select(Route).ToEquatableList() };
        var config = Configs.Of(listener, Configs.Pool);
        _routes = new RoutingTableBuilder(new Silent()).Build(config, 0).Listeners[listener.Name];
        var last = Routes - 1;
        _hostBytes = Parse(_byHost, $"shop{last - (last % 3)}.example.com", "/cart");
        _suffixBytes = Parse(_bySuffix, $"www.team{last - ((last + 2) % 3)}.example.org", "/cart");
        _pathBytes = Parse(_byPath, "other.example.net", $"/service{last - ((last + 1) % 3)}/v1/items/17");
    }

    [Benchmark(Baseline = true)]
    public Pool? Exact_host() => _routes.Match(new RouteRequest(_byHost, _hostBytes, default), out _);

    [Benchmark]
    public Pool? Host_suffix() => _routes.Match(new RouteRequest(_bySuffix, _suffixBytes, default), out _);

    [Benchmark]
    public Pool? Path_prefix() => _routes.Match(new RouteRequest(_byPath, _pathBytes, default), out _);

    private static RouteConfig Route(int i)
    {
        var number = i.ToString(CultureInfo.InvariantCulture);
        var (host, prefix) = (i % 3) switch { 0 => ($"shop{number}.example.com", ""), 1 => ($"*.team{number}.example.org", ""), _ => ("", $"/service{number}/") };
        return new RouteConfig { Name = number, Host = host, Path = "", PathPrefix = prefix, Methods = [], HeaderName = "", HeaderValue = "", CookieName = "", CookieValue = "", Pool = Configs.Pool.Name };
    }

    private static byte[] Parse(RequestHead head, string host, string path)
    {
        var bytes = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        head.Reset();
        head.Parse(bytes);
        return bytes;
    }
}
