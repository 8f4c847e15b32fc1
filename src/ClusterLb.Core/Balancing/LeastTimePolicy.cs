using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The least response time x (in-flight + 1) / weight. A backend never observed is taken to be as fast as the fastest known one: it gets
/// work, and its in-flight count keeps it from getting all of it.
/// </summary>
internal sealed class LeastTimePolicy : ILoadBalancingPolicy, IPickerSource
{
    public string Name => "least-time";

    public bool NeedsResponseTimes => true;

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => this;

    public IPicker CreatePicker(LoopRandom random) => new Picker(random);

    /// <summary>In microseconds.</summary>
    public double? ScoreOf(Backend backend, Eligibility eligible, long nowMilliseconds)
    {
        var time = PeakEwma.Current(backend.Load, nowMilliseconds);
        if (time > 0) return time * eligible.LoadPerWeight(backend);
        var known = eligible.Candidates.Select(other => PeakEwma.Current(other.Load, nowMilliseconds)).Where(other => other > 0);
        return known.DefaultIfEmpty(1).Min() * eligible.LoadPerWeight(backend);
    }

    public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
        "the least score, response time x (in-flight here + elsewhere / nodes + 1) / weight; of equal ones the one picked least recently";

    private sealed class Picker(LoopRandom random) : LeastLoadPicker(random)
    {
        private double _fastest = 1;
        private double _fastestOfRound = double.MaxValue;

        protected override double ScoreOf(Backend candidate, double load, int weight, long nowMilliseconds)
        {
            var time = PeakEwma.Current(candidate.Load, nowMilliseconds);
            if (time > 0) _fastestOfRound = Math.Min(_fastestOfRound, time);
            else time = _fastest;
            return time * load / weight;
        }

        protected override void EndRound()
        {
            if (_fastestOfRound < double.MaxValue) _fastest = _fastestOfRound;
            _fastestOfRound = double.MaxValue;
        }
    }
}
