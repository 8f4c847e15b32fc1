using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// An order of backends for every key, built over the <em>configured</em> members whatever their health, so that a backend that
/// returns gets exactly its keys back. Immutable; equal members give an equal table whatever their order.
/// </summary>
internal abstract class HashTable(Backend[] slots)
{
    public int Length => slots.Length;

    /// <summary>The place of the key's first candidate.</summary>
    public abstract int Start(ulong key);

    public Backend At(int position) => slots[position];

    public int Next(int position) => position + 1 == slots.Length ? 0 : position + 1;
}
