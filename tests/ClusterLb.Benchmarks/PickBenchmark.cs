using System.Net;
using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Testing;

namespace ClusterLb.Benchmarks;

/// <summary>One pick of every policy over few, many and very many equal backends with nothing in flight.</summary>
[MemoryDiagnoser]
public class PickBenchmark
{
    private IPicker _picker = null!;
    private Eligibility _eligible = Eligibility.None;
    private ulong _key;

    [ParamsSource(nameof(PolicyNames))]
    public string Policy { get; set; } = "";

    [Params(3, 100, 10_000)]
    public int Backends { get; set; }

    public static IEnumerable<string> PolicyNames => Policies.Names;

    [GlobalSetup]
    public void Build()
    {
        Backend[] members = [.. Enumerable.Range(0, Backends).Select(i => new Backend("app", $"b{i}", new IPEndPoint(i + 1, 80), i, 1, 0))];
        _eligible = new Eligibility(members, [.. members.Select(_ => 100)], failOpen: false);
        _picker = Policies.Get(Policy).Build(Configs.Pool, members).CreatePicker(new LoopRandom(1));
    }

    [Benchmark]
    public Backend? Pick() => _picker.Pick(new PickRequest(_eligible, new Tried(), true, _key += 0x9E3779B97F4A7C15, 0));
}
