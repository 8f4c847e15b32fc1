using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The least response time x (in-flight + 1) / weight, where for the request to come all that are about as fast as the fastest count alike
/// (<see cref="Speeds"/>) and take turns by weight; see <see cref="LeastLoadPicker"/>.
/// </summary>
internal sealed class LeastTimePolicy : ILoadBalancingPolicy
{
    public string Name => "least-time";

    public bool NeedsResponseTimes => true;

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(members.Count);

    private sealed class Source(int members) : IPickerSource
    {
        public IPicker CreatePicker(LoopRandom random) => new Picker(members, random);

        /// <summary>In microseconds.</summary>
        public double? ScoreOf(Backend backend, Eligibility eligible, long nowMilliseconds)
        {
            var speeds = Speeds.None.With(eligible.Candidates);
            var (inFlight, next) = speeds.Of(backend.Load, nowMilliseconds);
            var load = (backend.Load.Pressure * inFlight) + next;
            return load * (speeds.IsKnown ? speeds.Fastest : 1) * 100 / eligible.WeightOf(backend);
        }

        public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
            "the least score, response time x (in-flight here + elsewhere / nodes + 1) / weight, where for the 1 all that are about as "
            + "fast as the fastest count alike; where scores are close, backends take turns by weight, and every event loop has turns of "
            + "its own";
    }

    private sealed class Picker(int members, LoopRandom random) : LeastLoadPicker(members, random)
    {
        private Speeds _speeds = Speeds.None;
        private Speeds _ofRound = Speeds.None;

        protected override void Look(ReadOnlySpan<Backend> candidates, bool endsRound)
        {
            _ofRound = _ofRound.With(candidates);
            // A new fastest counts at once, one that is gone when all have been looked at.
            _speeds = endsRound ? _ofRound : _speeds.With(candidates);
            if (endsRound) _ofRound = Speeds.None;
        }

        protected override (double Load, bool IsOwed) LoadOf(Backend candidate, double inFlight, long nowMilliseconds)
        {
            var (each, next) = _speeds.Of(candidate.Load, nowMilliseconds);
            return ((inFlight * each) + next, next == 1);
        }
    }
}
