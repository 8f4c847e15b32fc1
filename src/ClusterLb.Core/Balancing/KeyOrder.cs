using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// An order of backends for every key without a table (rendezvous hashing: Thaler, Ravishankar 1998): comparing two costs two hashes, so it
/// is for when few are left. By name, so that it is the same on every node.
/// </summary>
internal sealed class KeyOrder(IReadOnlyList<Backend> members)
{
    private readonly ulong[] _names = [.. members.Select(member => StableHash.Of(member.Name))];

    public bool IsBefore(ulong key, Backend candidate, Backend other) =>
        StableHash.Combine(_names[candidate.Index], key) > StableHash.Combine(_names[other.Index], key);
}
