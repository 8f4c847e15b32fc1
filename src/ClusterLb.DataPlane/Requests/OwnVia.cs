using System.Security.Cryptography;
using System.Text;
using ClusterLb.Core.Pools;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// What one listener calls itself in <c>Via</c>: another name for each pool, for a request that comes by again on its way to another pool
/// is not in a loop. One per loop and listener; each element is made once.
/// </summary>
/// <param name="instance">Random, of this process: two nodes of one name are not the same proxy. Cannot be found from what is sent.</param>
/// <param name="node">The node's name.</param>
/// <param name="listener">The listener's name; not to be found from what is sent either.</param>
internal sealed class OwnVia(byte[] instance, string node, string listener)
{
    private const int HashBytes = 8;

    // Slots are used again: what is found there may be another pool's.
    private (Pool? Pool, ViaElement? Element)[] _byPool = [];

    public ViaElement Of(Pool pool) =>
        pool.Slot < _byPool.Length && _byPool[pool.Slot].Pool == pool ? _byPool[pool.Slot].Element! : Add(pool);

    private ViaElement Add(Pool pool)
    {
        var hash = HMACSHA256.HashData(instance, Encoding.UTF8.GetBytes($"{listener}\n{pool.Name}"));
        var element = new ViaElement($"clusterlb-{node}-{Convert.ToHexStringLower(hash.AsSpan(0, HashBytes))}");
        if (pool.Slot >= _byPool.Length) Array.Resize(ref _byPool, pool.Slot + 1);
        _byPool[pool.Slot] = (pool, element);
        return element;
    }
}
