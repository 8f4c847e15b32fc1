using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Each backend in turn; where weights differ, as often as its weight. Starts at a random place, so that loops and nodes do not move in
/// step.
/// </summary>
internal sealed class RoundRobinPolicy : ILoadBalancingPolicy
{
    public string Name => "round-robin";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(members.Count);

    private sealed class Source(int members) : IPickerSource
    {
        public IPicker CreatePicker(LoopRandom random) => new Picker((uint)random.Next(), new StridePicker(members, random));

        public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
            "each in turn, as often as its weight; every event loop is at a place of its own, so this is one draw of many";
    }

    private sealed class Picker(uint start, StridePicker weighted) : IPicker
    {
        private uint _next = start;

        public Backend? Pick(in PickRequest request)
        {
            if (!request.Eligible.HasEqualWeights) return weighted.Pick(request);
            var candidates = request.Eligible.Candidates;
            for (var i = 0; i < candidates.Length; i++)
            {
                var candidate = candidates[(int)(_next++ % (uint)candidates.Length)];
                if (request.AcceptsCandidate(candidate)) return candidate;
            }

            return null;
        }
    }
}
