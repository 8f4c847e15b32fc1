using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The least (in-flight + 1) / weight, where in-flight is <see cref="BackendLoad.Pressure"/>; see <see cref="LeastLoadPicker"/>.
/// </summary>
internal sealed class LeastConnectionsPolicy : ILoadBalancingPolicy, IPickerSource
{
    public string Name => "least-connections";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => this;

    public IPicker CreatePicker(LoopRandom random) => new Picker(random);

    public double? ScoreOf(Backend backend, Eligibility eligible, long nowMilliseconds) => eligible.LoadPerWeight(backend);

    public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
        "the least score, (in-flight here + elsewhere / nodes + 1) / weight; of equal ones the one picked least recently";

    private sealed class Picker(LoopRandom random) : LeastLoadPicker(random)
    {
        protected override double ScoreOf(Backend candidate, double load, int weight, long nowMilliseconds) => load / weight;
    }
}
