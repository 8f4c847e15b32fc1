using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>Each backend as often as its weight, never in a burst: 5:1:1 gives a a b a c a a.</summary>
internal sealed class WeightedRoundRobinPolicy : ILoadBalancingPolicy
{
    // The smooth round robin looks at every candidate.
    private const int Few = 16;

    public string Name => "weighted-round-robin";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(members.Count);

    private sealed class Source(int members) : IPickerSource
    {
        public IPicker CreatePicker(LoopRandom random) => members <= Few ? new SmoothPicker(members) : new StridePicker(members, random);

        public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
            "each as often as its weight; every event loop is at a place of its own, so this is one draw of many";
    }

    /// <summary>
    /// Smooth weighted round robin as nginx does it: every pick each candidate gains its weight, the richest is picked and pays the sum of
    /// all.
    /// </summary>
    private sealed class SmoothPicker(int members) : IPicker
    {
        // By member, so that a change of who is eligible does not begin again with the first.
        private readonly long[] _credits = new long[members];

        public Backend? Pick(in PickRequest request)
        {
            var (candidates, weights) = (request.Eligible.Candidates, request.Eligible.Weights);
            long total = 0;
            Backend? best = null;
            for (var i = 0; i < candidates.Length; i++)
            {
                var candidate = candidates[i];
                if (!request.Accepts(candidate)) continue;
                _credits[candidate.Index] += weights[i];
                total += weights[i];
                if (best is null || _credits[candidate.Index] > _credits[best.Index]) best = candidate;
            }

            if (best is not null) _credits[best.Index] -= total;
            return best;
        }
    }

    /// <summary>
    /// Stride scheduling (Waldspurger, Weihl 1995) for many: each member is due at a time of its own, the earliest is picked and due again
    /// 1/weight later. Logarithmic, as smooth, and exact over a round.
    /// </summary>
    private sealed class StridePicker(int members, LoopRandom random) : IPicker
    {
        private const int MostSkipped = 16;

        // Of weight 1, x 100 as weights are; strides of heavier ones are whole parts of it, near enough.
        private const long Stride = 1L << 32;

        private readonly long[] _due = new long[members];
        private Eligibility _seen = Eligibility.None;
        private Tournament _tournament = new(1);
        private long _now;

        public Backend? Pick(in PickRequest request)
        {
            var candidates = request.Eligible.Candidates;
            if (candidates.Length == 0) return null;
            if (!ReferenceEquals(request.Eligible, _seen)) StartOver(request.Eligible);
            for (var skipped = 0; skipped < Math.Min(MostSkipped, candidates.Length); skipped++)
            {
                var winner = _tournament.Winner;
                // One that is full, or was tried, loses its turn.
                TakeTurn(request.Eligible, winner);
                if (request.Accepts(candidates[winner])) return candidates[winner];
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
                if (request.Accepts(candidate)) return candidate;
            }

            return null;
        }

        private void StartOver(Eligibility eligible)
        {
            _seen = eligible;
            var candidates = eligible.Candidates;
            _tournament = new Tournament(candidates.Length);
            // Time begins anew with every change, so that it never runs out.
            for (var i = 0; i < _due.Length; i++) _due[i] = Math.Max(0, _due[i] - _now);
            _now = 0;
            var start = random.Next(candidates.Length);
            for (var i = 0; i < candidates.Length; i++)
            {
                // Those that were away begin in the middle of their stride, like everybody at the start, and not all at one moment.
                ref var due = ref _due[candidates[i].Index];
                if (due == 0) due = (Stride / eligible.Weights[i] / 2) + ((i + start) % candidates.Length);
                _tournament.Set(i, due);
            }
        }
    }
}
