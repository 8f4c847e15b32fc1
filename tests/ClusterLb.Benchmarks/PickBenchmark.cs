using System.Net;
using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;
using ClusterLb.Testing;

namespace ClusterLb.Benchmarks;

/// <summary>One pick of every policy over few, many and very many backends that are not equally busy.</summary>
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

    [Params(false, true)]
    public bool Weighted { get; set; }

    public static IEnumerable<string> PolicyNames => Policies.Default.Names;

    [GlobalSetup]
    public void Build()
    {
        Backend[] members = [.. Enumerable.Range(0, Backends)
            .Select(i => new Backend("app", $"b{i}", new IPEndPoint(i + 1, 80), i, Weighted ? 1 + (i % 7) : 1, 0))];
        foreach (var member in members)
        {
            for (var busy = StableHash.Of(member.Name) % 8; busy > 0; busy--) member.TryLease(out _);
            member.Load.SetRemote((int)(StableHash.Of(member.Name) % 16), nodes: 3);
            PeakEwma.Observe(member.Load, 100 + (StableHash.Of(member.Id) % 1_000), 0);
        }

        _eligible = new Eligibility(members, [.. members.Select(member => member.Weight * 100)], failOpen: false);
        var pool = Configs.Pool with { Hash = Configs.Pool.Hash with { LoadBound = 1.25 } };
        _picker = Policies.Default.Get(Policy).Build(pool, members).CreatePicker(new LoopRandom(1));
    }

    [Benchmark]
    public Backend? Pick() => _picker.Pick(new PickRequest(_eligible, new Tried(), true, _key += 0x9E3779B97F4A7C15, 0));
}
