using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Smooth weighted round robin (as nginx does it): every pick each candidate gains its weight, the richest is picked and pays the sum of
/// all. 5:1:1 gives a a b a c a a, never five in a row.
/// </summary>
internal sealed class WeightedRoundRobinPolicy : ILoadBalancingPolicy, IPickerSource
{
    public string Name => "weighted-round-robin";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => this;

    public IPicker CreatePicker(LoopRandom random) => new Picker();

    private sealed class Picker : IPicker
    {
        private Eligibility _seen = Eligibility.None;
        private long[] _current = [];

        public Backend? Pick(in PickRequest request)
        {
            var eligible = request.Eligible;
            if (!ReferenceEquals(eligible, _seen)) StartOver(eligible);
            var (candidates, weights) = (eligible.Candidates, eligible.Weights);
            long total = 0;
            var best = -1;
            for (var i = 0; i < candidates.Length; i++)
            {
                if (!request.Accepts(candidates[i])) continue;
                _current[i] += weights[i];
                total += weights[i];
                if (best < 0 || _current[i] > _current[best]) best = i;
            }

            if (best < 0) return null;
            _current[best] -= total;
            return candidates[best];
        }

        private void StartOver(Eligibility eligible)
        {
            _seen = eligible;
            _current = new long[eligible.Candidates.Length];
        }
    }
}
