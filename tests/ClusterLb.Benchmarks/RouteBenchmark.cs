using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Requests;
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
    private readonly RequestHeadReader _byHost = new(Configs.Listener.Limits);
    private readonly RequestHeadReader _bySuffix = new(Configs.Listener.Limits);
    private readonly RequestHeadReader _byPath = new(Configs.Listener.Limits);
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
        Parse(_byHost, $"shop{last - (last % 3)}.example.com", "/cart");
        Parse(_bySuffix, $"www.team{last - ((last + 2) % 3)}.example.org", "/cart");
        Parse(_byPath, "other.example.net", $"/service{last - ((last + 1) % 3)}/v1/items/17");
    }

    [Benchmark(Baseline = true)]
    public Pool? Exact_host() => _routes.Match(new RouteRequest(_byHost.Request, default), out _);

    [Benchmark]
    public Pool? Host_suffix() => _routes.Match(new RouteRequest(_bySuffix.Request, default), out _);

    [Benchmark]
    public Pool? Path_prefix() => _routes.Match(new RouteRequest(_byPath.Request, default), out _);

    private static RouteConfig Route(int i)
    {
        var number = i.ToString(CultureInfo.InvariantCulture);
        var (host, prefix) = (i % 3) switch
        {
            0 => ($"shop{number}.example.com", ""),
            1 => ($"*.team{number}.example.org", ""),
            _ => ("", $"/service{number}/")
        };
        return new RouteConfig
        {
            Name = number,
            Host = host,
            Path = "",
            PathPrefix = prefix,
            Methods = [],
            HeaderName = "",
            HeaderValue = "",
            CookieName = "",
            CookieValue = "",
            Pool = Configs.Pool.Name
        };
    }

    private static void Parse(RequestHeadReader head, string host, string path)
    {
        var bytes = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        head.Reset();
        head.Read(bytes, bytes.Length);
    }
}
