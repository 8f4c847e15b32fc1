using ClusterLb.Core.Balancing;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class TournamentTests
{
    [Fact]
    public void The_least_key_wins_and_of_equal_ones_the_first() =>
        Gen.Select(Gen.Int[1, 70], Gen.Select(Gen.Int[0, 69], Gen.Int[0, 9]).Array[1, 200]).Sample((leaves, changes) =>
        {
            var tournament = new Tournament(leaves);
            var model = new SortedDictionary<int, long>();
            foreach (var (place, number) in changes)
            {
                var (leaf, key) = (place % leaves, number == 9 ? Tournament.Out : number);
                tournament.Set(leaf, key);
                model[leaf] = key;
                var least = model.MinBy(pair => pair.Value);
                if (tournament.KeyOf(tournament.Winner) != least.Value || (least.Value < Tournament.Out && tournament.Winner != least.Key))
                    return false;
            }

            return true;
        });

    [Fact]
    public void Who_is_out_never_beats_who_plays()
    {
        var tournament = new Tournament(5);
        tournament.Set(4, Tournament.Out - 1);

        Assert.Equal(4, tournament.Winner);
    }
}
