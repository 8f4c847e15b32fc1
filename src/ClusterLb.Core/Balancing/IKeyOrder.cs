using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>What the picker source of a policy that hashes can tell people; never asked on the path of a request.</summary>
internal interface IKeyOrder
{
    /// <summary>
    /// Who gets a key if all before it cannot: the key's own backend first, each once, those of configured weight 0 left out.
    /// </summary>
    IReadOnlyList<Backend> OrderOf(ulong key);
}
