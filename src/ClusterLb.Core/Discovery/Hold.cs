using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Discovery;

/// <summary>Backends that a source's answers lack, and that stay until they have been missing for 30 s.</summary>
/// <param name="Of">How many backends the pool had when this began, without those that have left since.</param>
/// <param name="Missing">By name; one or more.</param>
public sealed record Hold(int Of, EquatableList<Missing> Missing)
{
    /// <summary>Monotonic milliseconds of the first answer that lacked the one that has been missing for longest.</summary>
    public long Since => Missing.Min(one => one.Since);
}

/// <param name="Since">Monotonic milliseconds of the first answer that lacked it; one that names it again begins that anew.</param>
public readonly record struct Missing(string Name, long Since);
