using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The least response time x (in-flight + 1) / weight. A backend never observed is taken to be as fast as the fastest known one: it gets
/// work, and its in-flight count keeps it from getting all of it.
/// </summary>
internal sealed class LeastTimePolicy : ILoadBalancingPolicy, IPickerSource
{
    public string Name => "least-time";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => this;

    public IPicker CreatePicker(LoopRandom random) => new Picker((uint)random.Next());

    private sealed class Picker(uint start) : IPicker
    {
        private uint _start = start;
        private double _fastest = 1;

        public Backend? Pick(in PickRequest request)
        {
            var (candidates, weights) = (request.Eligible.Candidates, request.Eligible.Weights);
            if (candidates.Length == 0) return null;
            Backend? best = null;
            var bestScore = double.MaxValue;
            var fastest = double.MaxValue;
            var at = (int)(_start++ % (uint)candidates.Length);
            for (var i = 0; i < candidates.Length; i++)
            {
                var candidate = candidates[at];
                var time = PeakEwma.Current(candidate.Load, request.NowMilliseconds);
                if (time > 0) fastest = Math.Min(fastest, time);
                else time = _fastest;
                var score = time * (candidate.Load.InFlight + 1) / weights[at];
                if (score < bestScore && request.Accepts(candidate)) (best, bestScore) = (candidate, score);
                if (++at == candidates.Length) at = 0;
            }

            if (fastest < double.MaxValue) _fastest = fastest;
            return best;
        }
    }
}
