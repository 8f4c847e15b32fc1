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

    public IPicker CreatePicker(LoopRandom random) => new Picker(random);

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
