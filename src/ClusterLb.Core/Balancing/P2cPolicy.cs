using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The better of two distinct random candidates (Mitzenmacher 2001), by (in-flight + 1) / weight, where in-flight is
/// <see cref="BackendLoad.Pressure"/>. With few requests per backend most comparisons tie and the choice decays to random, so ties go to
/// the one picked less often lately.
/// </summary>
internal sealed class P2cPolicy : ILoadBalancingPolicy
{
    public string Name => "p2c";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(members.Count);

    private sealed class Source(int members) : IPickerSource
    {
        public IPicker CreatePicker(LoopRandom random) => new P2cPicker(random, members);

        public double? ScoreOf(Backend backend, Eligibility eligible, long nowMilliseconds) => eligible.LoadPerWeight(backend);

        public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
            "the better score, (in-flight here + elsewhere / nodes + 1) / weight, of two random ones: one draw, the next may differ";
    }
}

/// <summary>Also what hash policies fall back to when a request lacks their key.</summary>
internal sealed class P2cPicker(LoopRandom random, int members) : IPicker
{
    private const int PicksPerMemberUntilHalved = 16;
    private const int Draws = 4;

    private readonly int[] _recentPicks = new int[members];
    private int _untilHalved = members * PicksPerMemberUntilHalved;

    public Backend? Pick(in PickRequest request)
    {
        var candidates = request.Eligible.Candidates;
        if (candidates.Length == 0) return null;
        if (candidates.Length == 1) return request.Accepts(candidates[0]) ? candidates[0] : null;
        for (var draw = 0; draw < Draws; draw++)
        {
            var first = random.Next(candidates.Length);
            var second = random.Next(candidates.Length - 1);
            if (second >= first) second++;
            if (Better(request, first, second) is { } picked) return Remember(picked);
        }

        // Most candidates are full or tried: look at all.
        var start = random.Next(candidates.Length);
        for (var i = 0; i < candidates.Length; i++)
        {
            var candidate = candidates[(start + i) % candidates.Length];
            if (request.Accepts(candidate)) return Remember(candidate);
        }

        return null;
    }

    private Backend? Better(in PickRequest request, int first, int second)
    {
        var (one, other) = (request.Eligible.Candidates[first], request.Eligible.Candidates[second]);
        if (!request.Accepts(one)) return request.Accepts(other) ? other : null;
        if (!request.Accepts(other)) return one;
        var oneScore = (one.Load.Pressure + 1) * request.Eligible.Weights[second];
        var otherScore = (other.Load.Pressure + 1) * request.Eligible.Weights[first];
        if (oneScore != otherScore) return oneScore < otherScore ? one : other;
        var onePicks = (long)_recentPicks[one.Index] * request.Eligible.Weights[second];
        var otherPicks = (long)_recentPicks[other.Index] * request.Eligible.Weights[first];
        return onePicks <= otherPicks ? one : other;
    }

    private Backend Remember(Backend picked)
    {
        _recentPicks[picked.Index]++;
        if (--_untilHalved > 0) return picked;
        _untilHalved = members * PicksPerMemberUntilHalved;
        for (var i = 0; i < _recentPicks.Length; i++) _recentPicks[i] >>= 1;
        return picked;
    }
}
