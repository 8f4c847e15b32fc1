using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>A picker over backends of a test, with what the tests ask of it.</summary>
internal sealed class PickerTest
{
    private readonly IPickerSource _source;
    private readonly IPicker _picker;

    public PickerTest(string policy, int[] weights, HashConfig? hash = null, ulong seed = 1, int maxInFlight = 0)
    {
        Members = [.. weights.Select((weight, i) => new Backend("app", $"b{i}", new IPEndPoint(IPAddress.Loopback, i + 1), i, weight,
            maxInFlight))];
        Eligible = new Eligibility(Members, [.. weights.Select(weight => weight * 100)], failOpen: false);
        var pool = Configs.Pool with { Hash = hash ?? Configs.Pool.Hash };
        _source = Policies.Default.Get(policy).Build(pool, Members);
        _picker = _source.CreatePicker(new LoopRandom(seed));
    }

    public PickerTest(string policy, int backends, HashConfig? hash = null, ulong seed = 1, int maxInFlight = 0)
        : this(policy, [.. Enumerable.Repeat(1, backends)], hash, seed, maxInFlight)
    {
    }

    public Backend[] Members { get; }

    public Eligibility Eligible { get; set; }

    public long Now { get; set; }

    public Backend? Pick() => Pick(new Tried(), null);

    public Backend? Pick(ulong key) => Pick(new Tried(), key);

    public Backend? Pick(Tried tried, ulong? key) => _picker.Pick(new PickRequest(Eligible, tried, key is not null, key ?? 0, Now));

    /// <summary>Takes members out of the eligible ones.</summary>
    public void Exclude(params int[] indexes) =>
        Eligible = new Eligibility(Members, [.. Members.Select(member => indexes.Contains(member.Index) ? 0 : member.Weight * 100)],
            failOpen: false);

    /// <summary>What operators want the members to weigh from now on.</summary>
    public void Weigh(params int[] weights)
    {
        _source.Weigh(weights);
        Ramp([.. weights.Select(weight => weight * 100)]);
    }

    /// <summary>What the members weigh at the moment, x 100, as in a slow start.</summary>
    public void Ramp(params int[] weights) => Eligible = new Eligibility(Members, weights, failOpen: false);

    /// <summary>Picks by member, each request finished before the next.</summary>
    public int[] Counts(int picks)
    {
        var counts = new int[Members.Length];
        for (var i = 0; i < picks; i++) counts[Pick()!.Index]++;
        return counts;
    }

    /// <summary>The same, each request with a key of its own.</summary>
    public int[] CountsByKey(int picks)
    {
        var counts = new int[Members.Length];
        for (var i = 0; i < picks; i++) counts[Pick(StableHash.Of($"key-{i}"))!.Index]++;
        return counts;
    }

    /// <summary>Where each of many keys goes, by name.</summary>
    public string[] Owners(int keys) => [.. Enumerable.Range(0, keys).Select(i => Pick(StableHash.Of($"key-{i}"))!.Name)];

    /// <summary>The chi-square statistic of counts against shares.</summary>
    public static double ChiSquare(int[] counts, IReadOnlyList<double> shares)
    {
        double total = counts.Sum();
        var sum = shares.Sum();
        return counts.Select((count, i) => Math.Pow(count - (total * shares[i] / sum), 2) / (total * shares[i] / sum)).Sum();
    }
}
