using ClusterLb.Core.Backends;

namespace ClusterLb.DataPlane.Upstream;

internal enum AcquireFailure
{
    None,
    NoBackend,
    QueueFull,
    QueueTimeout,
    ClientLeft,

    /// <summary>Another pool has taken this one's place meanwhile, and may have room.</summary>
    Replaced,
}

internal readonly record struct Acquisition(Lease Lease, AcquireFailure Failure);

/// <summary>The hash of what a pool hashes by, or nothing.</summary>
internal readonly record struct HashKey(bool IsPresent, ulong Hash);
