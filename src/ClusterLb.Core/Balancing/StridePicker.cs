using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Stride scheduling (Waldspurger, Weihl 1995): each member is due at a time of its own, the earliest is picked and due again 1/weight
/// later. Logarithmic, smooth, and exact over a round; equals begin in an order of their own on every loop.
/// </summary>
internal sealed class StridePicker(int members, LoopRandom random) : IPicker
{
    private const int MostSkipped = 16;

    // Of weight 1, x 100 as weights are; strides of heavier ones are whole parts of it, near enough.
    private const long Stride = 1L << 32;

    // After some months of many requests in which nobody comes or goes.
    private const long MostTime = 1L << 62;

    private readonly long[] _due = new long[members];
    private Eligibility _seen = Eligibility.None;
    private Tournament _tournament = new(1);
    private long _now;

    public Backend? Pick(in PickRequest request)
    {
        var candidates = request.Eligible.Candidates;
        if (candidates.Length == 0) return null;
        if (!ReferenceEquals(request.Eligible, _seen) || _now > MostTime) StartOver(request.Eligible);
        for (var skipped = 0; skipped < Math.Min(MostSkipped, candidates.Length); skipped++)
        {
            var winner = _tournament.Winner;
            // One that is full, or was tried, loses its turn.
            TakeTurn(request.Eligible, winner);
            if (request.AcceptsCandidate(candidates[winner])) return candidates[winner];
        }

        return FirstAccepted(request);
    }

    private void TakeTurn(Eligibility eligible, int candidate)
    {
        var index = eligible.Candidates[candidate].Index;
        _now = Math.Max(_now, _due[index]);
        _due[index] = _now + (Stride / eligible.Weights[candidate]);
        _tournament.Set(candidate, _due[index]);
    }

    private static Backend? FirstAccepted(in PickRequest request)
    {
        foreach (var candidate in request.Eligible.Candidates)
        {
            if (request.AcceptsCandidate(candidate)) return candidate;
        }

        return null;
    }

    private void StartOver(Eligibility eligible)
    {
        _seen = eligible;
        var candidates = eligible.Candidates;
        _tournament = new Tournament(candidates.Length);
        // Time begins anew, so that it never runs out.
        for (var i = 0; i < _due.Length; i++) _due[i] = Math.Max(0, _due[i] - _now);
        _now = 0;
        var start = random.Next(candidates.Length);
        for (var i = 0; i < candidates.Length; i++)
        {
            ref var due = ref _due[candidates[i].Index];
            var stride = Stride / eligible.Weights[i];
            // Those that were away begin in the middle of their stride, like everybody at the start, and not all at one moment.
            if (due == 0) due = (stride / 2) + ((i + start) % candidates.Length);
            // A greater weight than before counts at once, not after the longer stride.
            due = Math.Min(due, stride);
            _tournament.Set(i, due);
        }
    }
}
