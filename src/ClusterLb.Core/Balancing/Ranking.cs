namespace ClusterLb.Core.Balancing;

/// <summary>
/// Candidates by their scores as last read, of equal ones the one picked least recently first. Scores that rise together play against each
/// other in a <see cref="Tournament"/> of their own, in which nothing changes when they rise. Owned by one event loop.
/// </summary>
/// <param name="candidates">1 or more; none is in it at first.</param>
internal sealed class Ranking(int candidates)
{
    // A key is a score without the end of its fraction, and there the turn of the last pick.
    private const long TurnMask = MostTurns - 1;

    private readonly Tournament _fixed = new(candidates);
    private readonly Tournament _rising = new(candidates);

    /// <summary>Turns are less than this: a greater one would look like the oldest.</summary>
    public const long MostTurns = 1L << 24;

    /// <summary>-1 when none is in it.</summary>
    /// <param name="level">What rising scores are more than their values.</param>
    public int First(double level)
    {
        var (still, rising) = (_fixed.Winner, _rising.Winner);
        var (stillKey, risingKey) = (_fixed.KeyOf(still), _rising.KeyOf(rising));
        if (risingKey == Tournament.Out) return stillKey == Tournament.Out ? -1 : still;
        return KeyOf(ValueOf(risingKey) + level, risingKey & TurnMask) < stillKey ? rising : still;
    }

    /// <summary>Whether a candidate has this score here, or one that is worse.</summary>
    public bool HasAtLeast(int candidate, Score score, long turn) =>
        Of(score).KeyOf(candidate) is var key && key < Tournament.Out && key >= KeyOf(score.Value, turn);

    public void Set(int candidate, Score score, long turn)
    {
        Move(score.Rises ? _fixed : _rising, candidate, Tournament.Out);
        Move(Of(score), candidate, KeyOf(score.Value, turn));
    }

    public void Remove(int candidate)
    {
        Move(_fixed, candidate, Tournament.Out);
        Move(_rising, candidate, Tournament.Out);
    }

    /// <summary>
    /// Less for the less of two scores, and of equal ones for the lesser turn: the bits of a double that is not negative are in its order.
    /// </summary>
    public static long KeyOf(double score, long turn) => (BitConverter.DoubleToInt64Bits(score) & ~TurnMask) | turn;

    private static double ValueOf(long key) => BitConverter.Int64BitsToDouble(key & ~TurnMask);

    private static void Move(Tournament tournament, int candidate, long key)
    {
        if (tournament.KeyOf(candidate) != key) tournament.Set(candidate, key);
    }

    private Tournament Of(Score score) => score.Rises ? _rising : _fixed;
}
