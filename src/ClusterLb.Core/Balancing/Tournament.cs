namespace ClusterLb.Core.Balancing;

/// <summary>
/// A complete binary tree in which every leaf plays its neighbours and the least score wins; of equal scores the one that was set to an
/// earlier turn. Reading the winner is one step, changing a leaf log2(n). Owned by one event loop.
/// </summary>
internal sealed class Tournament
{
    /// <summary>Never wins against a leaf that plays.</summary>
    public const double Out = double.PositiveInfinity;

    private readonly int _firstLeaf;
    private readonly int[] _winners;
    private readonly double[] _scores;
    private readonly long[] _turns;

    /// <param name="leaves">1 or more; all are out at first.</param>
    public Tournament(int leaves)
    {
        _firstLeaf = 1;
        while (_firstLeaf < leaves) _firstLeaf *= 2;
        _scores = new double[_firstLeaf];
        _turns = new long[_firstLeaf];
        _winners = new int[_firstLeaf];
        Array.Fill(_scores, Out);
        for (var node = _firstLeaf - 1; node > 0; node--) _winners[node] = Play(node);
    }

    /// <summary>The leaf with the least score.</summary>
    public int Winner => _firstLeaf == 1 ? 0 : _winners[1];

    public double ScoreOf(int leaf) => _scores[leaf];

    public long TurnOf(int leaf) => _turns[leaf];

    public void Set(int leaf, double score, long turn)
    {
        (_scores[leaf], _turns[leaf]) = (score, turn);
        for (var node = (leaf + _firstLeaf) / 2; node > 0; node /= 2) _winners[node] = Play(node);
    }

    private int Play(int node)
    {
        var (left, right) = (EntrantOf(node * 2), EntrantOf((node * 2) + 1));
        if (_scores[left] != _scores[right]) return _scores[left] < _scores[right] ? left : right;
        return _turns[left] <= _turns[right] ? left : right;
    }

    private int EntrantOf(int node) => node >= _firstLeaf ? node - _firstLeaf : _winners[node];
}
