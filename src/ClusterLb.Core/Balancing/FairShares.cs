namespace ClusterLb.Core.Balancing;

/// <summary>
/// What each member has had of its share lately: a pick counts 1 / weight, and whoever had less than others is owed something. Policies
/// that go by load take that off the load, so that weights are shares also when loads say nothing: then the next goes to the least
/// (picks + c) / weight with a c of 1 or more, which is D'Hondt's method (1878). Decision 0036. Owned by one event loop.
/// </summary>
internal sealed class FairShares(int members)
{
    // Picks of the lightest. What a member missed while it was busy is not made up for without end.
    private const int MostMissed = 16;

    // Picks / weight.
    private readonly double[] _taken = new double[members];
    private Eligibility _seen = Eligibility.None;
    private double _step;
    private double _mostOwed;
    private double _mostMissed;
    private double _perSum;

    // Of all by weight: a member that is moved moves it along.
    private double _average;
    private double _furthest;

    /// <summary>
    /// What a pick counts beside one in flight, 0 to 1. It has to make up for the difference between the first request of the heaviest and
    /// the first of the lightest, and no more, because the more it counts, the less evenly loads are spread: 0 where all weigh the same.
    /// </summary>
    public double Step => _step;

    /// <summary>Called when others are eligible, or weights have changed, before anything else: looks at all of them.</summary>
    public void Follow(Eligibility eligible)
    {
        _step = 1 - eligible.Evenness;
        // As many picks as any is ever owed while nobody is busy. Times what each counts that is less than a request.
        _mostOwed = 1 + eligible.Evenness;
        _mostMissed = (double)MostMissed / eligible.Lightest;
        var (sum, taken, furthest) = (0L, 0.0, 0.0);
        for (var i = 0; i < eligible.Candidates.Length; i++)
        {
            ref var its = ref _taken[eligible.Candidates[i].Index];
            // Whoever was away is owed nothing for that.
            if (_seen != Eligibility.None && !_seen.Contains(eligible.Candidates[i])) its = Math.Max(its, _average);
            sum += eligible.Weights[i];
            taken += its * eligible.Weights[i];
            furthest = Math.Max(furthest, its);
        }

        (_seen, _perSum, _average, _furthest) = (eligible, 1.0 / sum, taken / sum, furthest);
    }

    /// <summary>What the member counts that has had the most: a score that rises is so much more.</summary>
    public double Level => _step * _furthest;

    /// <summary>What a member has taken, to be added to its load per weight.</summary>
    /// <param name="perWeight">1 / its weight x 100.</param>
    public Score TakenBy(int member, double perWeight)
    {
        var (taken, least) = (Settled(member, perWeight), _furthest - (_mostOwed * perWeight));
        return taken > least ? new(_step * taken, Rises: false) : new(-_step * _mostOwed * perWeight, Rises: true);
    }

    /// <summary>As <see cref="TakenBy"/>, of one that is owed nothing from now on.</summary>
    public Score WaivedBy(int member, double perWeight)
    {
        AtLeast(_furthest, member, perWeight);
        return new(0, Rises: true);
    }

    /// <summary>How much more than another a member has taken, in picks / weight; negative when it is less.</summary>
    public double LeadOf(int member, double perWeight, int other, double perWeightOfOther) =>
        Settled(member, perWeight) - Settled(other, perWeightOfOther);

    /// <summary>What a member is owed beside one that has a lead over it: to be taken off its load per weight.</summary>
    public double OwedFor(double lead, double perWeight) => _step * Math.Min(Math.Max(lead, 0), _mostOwed * perWeight);

    /// <summary>It is picked.</summary>
    public void Take(int member, double perWeight)
    {
        _furthest = Math.Max(_furthest, _taken[member] += perWeight);
        _average += _perSum;
    }

    /// <summary>Begins to count anew, so that numbers stay small; what members are owed stays.</summary>
    public void Rebase()
    {
        for (var i = 0; i < _taken.Length; i++) _taken[i] = Math.Max(0, _taken[i] - _average + _mostMissed);
        _furthest += _mostMissed - _average;
        _average = _mostMissed;
    }

    private double Settled(int member, double perWeight) => AtLeast(_average - _mostMissed, member, perWeight);

    private double AtLeast(double least, int member, double perWeight)
    {
        ref var taken = ref _taken[member];
        if (taken >= least) return taken;
        _average += (least - taken) / perWeight * _perSum;
        return taken = least;
    }
}
