using ClusterLb.Core.Balancing;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class RankingTests
{
    [Fact]
    public void The_least_score_is_first_also_when_the_level_rises_and_of_equal_ones_the_least_recent() =>
        Gen.Select(Gen.Int[1, 40], Gen.Select(Gen.Int[0, 39], Gen.Int[0, 5], Gen.Bool, Gen.Bool).Array[1, 200]).Sample((count, changes) =>
        {
            var ranking = new Ranking(count);
            var model = new Dictionary<int, (Score Score, long Turn)>();
            var (level, turn) = (0.0, 0L);
            foreach (var (place, value, rises, rise) in changes)
            {
                var (candidate, score) = (place % count, new Score(value, rises));
                // A power of two: sums of it are exact.
                if (rise) level += 0.25;
                if (value == 5) ranking.Remove(candidate);
                else ranking.Set(candidate, score, ++turn);
                if (value == 5) model.Remove(candidate);
                else model[candidate] = (score, turn);
                if (ranking.First(level) != FirstOf(model, level)) return false;
            }

            return model.All(pair => ranking.HasAtLeast(pair.Key, pair.Value.Score, pair.Value.Turn)
                && !ranking.HasAtLeast(pair.Key, pair.Value.Score + 0.5, pair.Value.Turn)
                && !ranking.HasAtLeast(pair.Key, pair.Value.Score with { Rises = !pair.Value.Score.Rises }, pair.Value.Turn));
        });

    private static int FirstOf(Dictionary<int, (Score Score, long Turn)> model, double level) => model
        .OrderBy(pair => pair.Value.Score.Value + (pair.Value.Score.Rises ? level : 0)).ThenBy(pair => pair.Value.Turn)
        .Select(pair => (int?)pair.Key).FirstOrDefault() ?? -1;
}
