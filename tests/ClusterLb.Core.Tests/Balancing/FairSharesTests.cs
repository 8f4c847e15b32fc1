using ClusterLb.Core.Balancing;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class FairSharesTests
{
    [Fact]
    public void Alone_they_give_each_member_exactly_its_share() => Gen.Int[1, 60].Array[2, 12].Sample(weights =>
    {
        // Where all weigh the same, other things break ties.
        weights[0] = weights[1] + 1;
        var shares = Of(weights);
        var counts = new int[weights.Length];
        for (var i = 0; i < weights.Sum() * 5; i++)
        {
            var next = Enumerable.Range(0, weights.Length).MinBy(member => PerWeight(member) + Taken(shares, member, PerWeight(member)));
            shares.Take(next, PerWeight(next));
            counts[next]++;
        }

        return counts.Zip(weights).All(pair => Math.Abs(pair.First - (pair.Second * 5)) <= 1);

        double PerWeight(int member) => 1.0 / weights[member];
    });

    [Fact]
    public void Nobody_is_ever_owed_more_than_a_request() =>
        Gen.Select(Gen.Int[1, 60].Array[2, 12], Gen.Int[0, 11].Array[1, 300]).Sample((weights, picks) =>
        {
            var shares = Of(weights);
            foreach (var pick in picks) shares.Take(pick % weights.Length, 1.0 / weights[pick % weights.Length]);
            double[] taken = [.. weights.Select((weight, member) => Taken(shares, member, 1.0 / weight))];

            return taken.Zip(weights).All(pair => (taken.Max() - pair.First) * pair.Second <= 1 + 1e-9)
                && weights.All(weight => shares.OwedFor(1_000, 1.0 / weight) * weight <= 1 + 1e-9);
        });

    [Fact]
    public void Among_equals_nobody_is_owed_anything_but_who_had_more_is_known()
    {
        var shares = Of([1, 1]);
        for (var i = 0; i < 100; i++) shares.Take(1, 1);

        Assert.Equal(Taken(shares, 0, 1), Taken(shares, 1, 1));
        Assert.Equal(0, shares.OwedFor(shares.LeadOf(1, 1, 0, 1), 1));
        Assert.True(shares.LeadOf(1, 1, 0, 1) > 0);
    }

    private static double Taken(FairShares shares, int member, double perWeight)
    {
        var score = shares.TakenBy(member, perWeight);
        return score.Value + (score.Rises ? shares.Level : 0);
    }

    private static FairShares Of(int[] weights)
    {
        var shares = new FairShares(weights.Length);
        shares.Follow(new Eligibility(new PickerTest("random", weights.Length).Members, weights, failOpen: false));
        return shares;
    }
}
