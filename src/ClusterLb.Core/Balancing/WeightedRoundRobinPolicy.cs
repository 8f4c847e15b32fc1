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
        private Eligibility _seen = Eligibility.None;

        public Backend? Pick(in PickRequest request)
        {
            if (!ReferenceEquals(request.Eligible, _seen)) Follow(request.Eligible);
            var (candidates, weights) = (request.Eligible.Candidates, request.Eligible.Weights);
            long total = 0;
            Backend? best = null;
            for (var i = 0; i < candidates.Length; i++)
            {
                var candidate = candidates[i];
                if (!request.AcceptsCandidate(candidate)) continue;
                _credits[candidate.Index] += weights[i];
                total += weights[i];
                if (best is null || _credits[candidate.Index] > _credits[best.Index]) best = candidate;
            }

            if (best is not null) _credits[best.Index] -= total;
            return best;
        }

        /// <summary>Nobody has or owes more than a round: what was gained by greater weights would outlast them for long.</summary>
        private void Follow(Eligibility eligible)
        {
            _seen = eligible;
            var round = eligible.Weights.Sum(weight => (long)weight);
            foreach (ref var credit in _credits.AsSpan()) credit = Math.Clamp(credit, -round, round);
        }
    }
}
