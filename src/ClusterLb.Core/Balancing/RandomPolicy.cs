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

        private readonly WeightedDraw _draw = new(random);

        public Backend? Pick(in PickRequest request)
        {
            var candidates = request.Eligible.Candidates;
            if (candidates.Length == 0) return null;
            _draw.Follow(request.Eligible);
            for (var draw = 0; draw < Draws; draw++)
            {
                var candidate = candidates[_draw.Next()];
                if (request.AcceptsCandidate(candidate)) return candidate;
            }

            var start = _draw.Next();
            for (var i = 0; i < candidates.Length; i++)
            {
                var candidate = candidates[(start + i) % candidates.Length];
                if (request.AcceptsCandidate(candidate)) return candidate;
            }

            return null;
        }
    }
}
