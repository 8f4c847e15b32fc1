using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Balancing;

/// <summary>The least (in-flight + 1) / weight of all candidates. Ties go to the first one from a place that moves on with every pick.</summary>
internal sealed class LeastConnectionsPolicy : ILoadBalancingPolicy, IPickerSource
{
    public string Name => "least-connections";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => this;

    public IPicker CreatePicker(LoopRandom random) => new Picker((uint)random.Next());

    private sealed class Picker(uint start) : IPicker
    {
        private uint _start = start;

        public Backend? Pick(in PickRequest request)
        {
            var (candidates, weights) = (request.Eligible.Candidates, request.Eligible.Weights);
            if (candidates.Length == 0) return null;
            Backend? best = null;
            long bestLoad = 0;
            long bestWeight = 1;
            var at = (int)(_start++ % (uint)candidates.Length);
            for (var i = 0; i < candidates.Length; i++)
            {
                var candidate = candidates[at];
                long load = candidate.Load.InFlight + 1;
                // load / weight < bestLoad / bestWeight, without the division.
                if ((best is null || load * bestWeight < bestLoad * weights[at]) && request.Accepts(candidate))
                    (best, bestLoad, bestWeight) = (candidate, load, weights[at]);
                if (++at == candidates.Length) at = 0;
            }

            return best;
        }
    }
}
