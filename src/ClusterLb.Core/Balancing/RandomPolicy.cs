using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>A random candidate, in proportion to the weights.</summary>
internal sealed class RandomPolicy : ILoadBalancingPolicy, IPickerSource
{
    public string Name => "random";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => this;

    public IPicker CreatePicker(LoopRandom random) => new Picker(random);

    public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
        "a random one in proportion to the weights: one draw, the next may differ";

    private sealed class Picker(LoopRandom random) : IPicker
    {
        private const int Draws = 4;

        private Eligibility _seen = Eligibility.None;
        private int[] _sums = [];

        public Backend? Pick(in PickRequest request)
        {
            var candidates = request.Eligible.Candidates;
            if (candidates.Length == 0) return null;
            if (!ReferenceEquals(request.Eligible, _seen)) SumUp(request.Eligible);
            for (var draw = 0; draw < Draws; draw++)
            {
                var candidate = candidates[Draw()];
                if (request.Accepts(candidate)) return candidate;
            }

            var start = Draw();
            for (var i = 0; i < candidates.Length; i++)
            {
                var candidate = candidates[(start + i) % candidates.Length];
                if (request.Accepts(candidate)) return candidate;
            }

            return null;
        }

        private int Draw()
        {
            if (_seen.HasEqualWeights) return random.Next(_seen.Candidates.Length);
            var point = random.Next(_sums[^1]) + 1;
            var found = _sums.AsSpan().BinarySearch(point);
            return found >= 0 ? found : ~found;
        }

        private void SumUp(Eligibility eligible)
        {
            _seen = eligible;
            if (eligible.HasEqualWeights) return;
            _sums = new int[eligible.Weights.Length];
            var sum = 0;
            for (var i = 0; i < _sums.Length; i++) _sums[i] = sum += eligible.Weights[i];
        }
    }
}
