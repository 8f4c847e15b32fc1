using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The least (in-flight + 1) / weight, where in-flight is <see cref="BackendLoad.Pressure"/>, and turns by weight where that makes little
/// difference; see <see cref="LeastLoadPicker"/>.
/// </summary>
internal sealed class LeastConnectionsPolicy : ILoadBalancingPolicy
{
    public string Name => "least-connections";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(members.Count);

    private sealed class Source(int members) : IPickerSource
    {
        public IPicker CreatePicker(LoopRandom random) => new Picker(members, random);

        public double? ScoreOf(Backend backend, Eligibility eligible, long nowMilliseconds) => eligible.LoadPerWeight(backend);

        public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
            "the least score, (in-flight here + elsewhere / nodes + 1) / weight; where scores are close, backends take turns by weight, "
            + "and every event loop has turns of its own";
    }

    private sealed class Picker(int members, LoopRandom random) : LeastLoadPicker(members, random)
    {
        protected override (double Load, bool IsOwed) LoadOf(Backend candidate, double inFlight, long nowMilliseconds) =>
            (inFlight + 1, true);
    }
}
