using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Balancing;

/// <summary>A named way to spread work. Stateless; one instance per process, listed in <c>Policies</c>.</summary>
public interface ILoadBalancingPolicy
{
    /// <summary>As written in <c>balance = …</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Builds what all loops of the node share for one set of members (hash tables). Runs off the path, whenever membership changes.
    /// </summary>
    IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members);
}

/// <summary>Makes one picker per event loop. Any thread.</summary>
public interface IPickerSource
{
    IPicker CreatePicker(LoopRandom random);
}

/// <summary>Yields a backend. Owned by one event loop, so it may keep plain mutable state; allocates nothing.</summary>
public interface IPicker
{
    /// <summary>A backend that the request accepts, or null when there is none.</summary>
    Backend? Pick(in PickRequest request);
}
