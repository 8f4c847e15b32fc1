namespace ClusterLb.Core.Balancing;

/// <summary>
/// A complete binary tree in which neighbours play and the least key goes on. Reading the winner is one step, changing a leaf at most
/// log2(n). Owned by one event loop.
/// </summary>
internal sealed class Tournament
{
    /// <summary>Never wins against a leaf that plays.</summary>
    public const long Out = long.MaxValue;

    private readonly int _firstLeaf = 1;

    // The node at 1 is the winner's; the children of n are 2n and 2n + 1.
    private readonly (long Key, int Leaf)[] _nodes;

    /// <param name="leaves">1 or more; all are out at first.</param>
    public Tournament(int leaves)
    {
        while (_firstLeaf < leaves) _firstLeaf *= 2;
        _nodes = new (long, int)[_firstLeaf * 2];
        for (var node = _nodes.Length - 1; node > 0; node--)
            _nodes[node] = node >= _firstLeaf ? (Out, node - _firstLeaf) : _nodes[node * 2];
    }

    /// <summary>The leaf with the least key; of equal ones the first.</summary>
    public int Winner => _nodes[1].Leaf;

    public long KeyOf(int leaf) => _nodes[leaf + _firstLeaf].Key;

    public void Set(int leaf, long key)
    {
        var node = leaf + _firstLeaf;
        _nodes[node].Key = key;
        while (node > 1)
        {
            var (left, right) = (_nodes[node & ~1], _nodes[node | 1]);
            var winner = right.Key < left.Key ? right : left;
            node /= 2;
            if (_nodes[node] == winner) return;
            _nodes[node] = winner;
        }
    }
}
