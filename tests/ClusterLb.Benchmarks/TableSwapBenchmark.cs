using System.Net;
using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Testing;

namespace ClusterLb.Benchmarks;

/// <summary>
/// What a change costs. On the path: the first read after a swap. Off the path: building a table anew, and one backend of a pool going down
/// and up.
/// </summary>
[MemoryDiagnoser]
public class TableSwapBenchmark
{
    private readonly RoutingTableHolder _holder = new();
    private ClusterLbConfig _config = null!;
    private RoutingTable _one = null!;
    private RoutingTable _other = null!;
    private Pool _pool = null!;
    private long _now;

    [Params(3, 1_000)]
    public int Backends { get; set; }

    [GlobalSetup]
    public void Build()
    {
        IPEndPoint[] endPoints = [.. Enumerable.Range(0, Backends).Select(i => new IPEndPoint(i + 1, 80))];
        _config = Configs.Of(Configs.Listener,
            Configs.PoolOf(endPoints) with { Health = Configs.Pool.Health with { Probe = Configs.TcpProbe } });
        _one = Build_table();
        _other = Build_table();
        _pool = _one.Pools[0];
    }

    [Benchmark(Baseline = true)]
    public Pool Swap_and_read()
    {
        _holder.Publish(ReferenceEquals(_holder.Current, _one) ? _other : _one);
        return _holder.Current.Pools[0];
    }

    [Benchmark]
    public RoutingTable Build_table() => new RoutingTableBuilder(new Silent()).Build(_config, 0);

    [Benchmark]
    public void Backend_down_and_up()
    {
        _pool.SetActive(_pool.Members[0], ActiveHealth.Down, "benchmark", ++_now);
        _pool.SetActive(_pool.Members[0], ActiveHealth.Up, "benchmark", ++_now);
    }
}
