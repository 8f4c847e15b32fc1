using ClusterLb.Core.Balancing;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class TournamentTests
{
    [Fact]
    public void The_least_score_wins_and_of_equal_ones_the_earliest_turn() =>
        Gen.Select(Gen.Int[1, 70], Gen.Select(Gen.Int[0, 69], Gen.Int[0, 9]).Array[1, 200]).Sample((leaves, changes) =>
        {
            var tournament = new Tournament(leaves);
            var model = new Dictionary<int, (double Score, long Turn)>();
            for (var turn = 0; turn < changes.Length; turn++)
            {
                var (leaf, score) = (changes[turn].Item1 % leaves, changes[turn].Item2 == 9 ? Tournament.Out : changes[turn].Item2);
                tournament.Set(leaf, score, turn);
                model[leaf] = (score, turn);
                var playing = model.Where(pair => pair.Value.Score < Tournament.Out).OrderBy(pair => pair.Value).ToList();
                if (playing.Count > 0 && tournament.Winner != playing[0].Key) return false;
            }

            return true;
        });

    [Fact]
    public void Who_is_out_never_beats_who_plays()
    {
        var tournament = new Tournament(5);
        tournament.Set(4, 1e300, 1);

        Assert.Equal(4, tournament.Winner);
    }
}
