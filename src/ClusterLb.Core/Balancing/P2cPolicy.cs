using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The better of two distinct candidates drawn at random by weight (Mitzenmacher 2001), by (in-flight + 1) / weight, where in-flight is
/// <see cref="BackendLoad.Pressure"/>. With few requests per backend most comparisons would tie and the choice decay to random, so the one
/// that had less of its share lately is owed something (<see cref="FairShares"/>). A tie is the first drawn's.
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
            "the better score, (in-flight here + elsewhere / nodes + 1) / weight, of two random ones drawn by weight, or where scores are "
            + "close the one that had less of its share lately: one draw, the next may differ";
    }
}

/// <summary>Also what hash policies fall back to when a request lacks their key.</summary>
internal sealed class P2cPicker(LoopRandom random, int members) : IPicker
{
    private const int Draws = 4;
    private readonly WeightedDraw _draw = new(random);
    private readonly FairShares _shares = new(members);
    private Eligibility _seen = Eligibility.None;

    public Backend? Pick(in PickRequest request)
    {
        var candidates = request.Eligible.Candidates;
        if (candidates.Length == 0) return null;
        if (candidates.Length == 1) return request.AcceptsCandidate(candidates[0]) ? candidates[0] : null;
        if (!ReferenceEquals(request.Eligible, _seen)) Follow(request.Eligible);
        for (var draw = 0; draw < Draws; draw++)
        {
            var first = _draw.Next();
            var picked = Better(request, first, _draw.NextOtherThan(first));
            if (picked >= 0) return Take(request, picked);
        }

        // Most candidates are full or tried: look at all.
        var start = _draw.Next();
        for (var i = 0; i < candidates.Length; i++)
        {
            var candidate = (start + i) % candidates.Length;
            if (request.AcceptsCandidate(candidates[candidate])) return Take(request, candidate);
        }

        return null;
    }

    private void Follow(Eligibility eligible)
    {
        _seen = eligible;
        _draw.Follow(eligible);
        _shares.Follow(eligible);
    }

    /// <summary>-1 when neither is acceptable.</summary>
    private int Better(in PickRequest request, int first, int second)
    {
        var (one, other) = (request.Eligible.Candidates[first], request.Eligible.Candidates[second]);
        if (!request.AcceptsCandidate(one)) return request.AcceptsCandidate(other) ? second : -1;
        if (!request.AcceptsCandidate(other)) return first;
        var (oneLoad, otherLoad) = (one.Load.Pressure, other.Load.Pressure);
        if (_shares.Step == 0 && oneLoad != otherLoad) return oneLoad < otherLoad ? first : second;
        var (perOne, perOther) = (request.Eligible.PerWeight[first], request.Eligible.PerWeight[second]);
        var lead = _shares.LeadOf(one.Index, perOne, other.Index, perOther);
        var oneScore = ((oneLoad + 1) * perOne) - _shares.OwedFor(-lead, perOne);
        var otherScore = ((otherLoad + 1) * perOther) - _shares.OwedFor(lead, perOther);
        if (oneScore != otherScore) return oneScore < otherScore ? first : second;
        return lead <= 0 ? first : second;
    }

    private Backend Take(in PickRequest request, int candidate)
    {
        var picked = request.Eligible.Candidates[candidate];
        _shares.Take(picked.Index, request.Eligible.PerWeight[candidate]);
        return picked;
    }
}
