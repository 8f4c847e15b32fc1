using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Balancing;

/// <summary>The hash table of a pool in force. Read by the pickers of all event loops; replaced whole, off the path of requests.</summary>
internal sealed class HashTableHolder
{
    private readonly HashConfig _config;
    private readonly IReadOnlyList<Backend> _members;
    private volatile HashTable _current;

    public HashTableHolder(HashConfig config, IReadOnlyList<Backend> members)
    {
        (_config, _members) = (config, members);
        var weights = new int[members.Count];
        foreach (var member in members) weights[member.Index] = member.Weight;
        _current = Build(weights);
    }

    public HashTable Current => _current;

    /// <summary>As <see cref="IPickerSource.Weigh"/>. Builds a table when the one in force will not do: some milliseconds.</summary>
    public void Weigh(ReadOnlySpan<int> wanted)
    {
        var weights = TableWeights.Of(_members, wanted);
        if (!_current.Has(weights)) _current = Build(weights);
    }

    private HashTable Build(int[] weights) => _config.Algorithm == HashAlgorithm.Maglev
        ? MaglevTable.Build(_members, weights)
        : RingTable.Build(_members, weights, _config.VirtualNodes);
}
