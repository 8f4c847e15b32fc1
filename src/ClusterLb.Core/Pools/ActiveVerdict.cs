using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Pools;

/// <summary>What checks say of one backend.</summary>
/// <param name="Reason">In a few words.</param>
/// <param name="BackSince">
/// For Up and GoingDown, monotonic milliseconds of this node's clock at which the cluster says that it came back: its slow start began
/// then, whatever this node saw. Null = coming up is a comeback now, but for the first pass of a backend as old as its pool.
/// </param>
public readonly record struct ActiveVerdict(Backend Backend, ActiveHealth Health, string Reason, long? BackSince)
{
    /// <summary>Null where the state is none to come back to.</summary>
    internal long? ComebackAt => Health is ActiveHealth.Up or ActiveHealth.GoingDown ? BackSince : null;
}
