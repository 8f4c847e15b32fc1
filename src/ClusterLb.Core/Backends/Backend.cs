using System.Net;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Backends;

/// <summary>
/// One upstream server: the identity that survives while its configuration does, with its live counters.
/// Its states change only through its pool; everything here may be read on any thread.
/// </summary>
/// <param name="pool">The pool's name.</param>
/// <param name="name">Unique in the pool.</param>
/// <param name="index">Position in the pool.</param>
/// <param name="weight">0 to 256.</param>
/// <param name="maxInFlight">0 = unlimited.</param>
/// <param name="load">
/// The counters it goes on with when only its configuration changed, since its open leases count there; null = its own.
/// </param>
public sealed class Backend(string pool, string name, IPEndPoint endPoint, int index, int weight, int maxInFlight, BackendLoad? load = null)
{
    private volatile int _effective = (int)EffectiveState.Unknown;
    private volatile int _preferred;

    /// <summary>Stable everywhere: <c>pool/name</c>.</summary>
    public string Id { get; } = $"{pool}/{name}";

    /// <summary>Stable hash of <see cref="Id"/>: what sessions, cookies and nodes call it by among themselves.</summary>
    public ulong Key { get; } = StableHash.Of($"{pool}/{name}");

    public string Pool { get; } = pool;

    public string Name { get; } = name;

    public IPEndPoint EndPoint { get; } = endPoint;

    /// <summary><c>host:port</c> as the operator wrote it; default <see cref="EndPoint"/>'s text.</summary>
    public string Address { get; init; } = endPoint.ToString();

    /// <summary>Where it can be reached, by which <see cref="AddressAt"/> goes; none while its name stands for nobody.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; init; } = [endPoint];

    /// <summary>Why its name stands for nobody; empty = it has an address.</summary>
    public string NameProblem { get; init; } = "";

    /// <summary>Where it was found, such as <c>dns:app.internal:8080</c>; empty = it was given.</summary>
    public string Source { get; init; } = "";

    /// <summary>Only those of the lowest one of which any is available get work; 0 or more.</summary>
    public int Tier { get; init; }

    /// <summary>Position among its pool's members, by configuration order.</summary>
    public int Index { get; } = index;

    /// <summary>Configured, 0 to 256; 0 takes no new work.</summary>
    public int Weight { get; } = weight;

    /// <summary>0 = unlimited.</summary>
    public int MaxInFlight { get; } = maxInFlight;

    public BackendLoad Load { get; } = load ?? new();

    /// <summary>All that is known about it, in one word.</summary>
    public EffectiveState Effective
    {
        get => (EffectiveState)_effective;
        internal set => _effective = (int)value;
    }

    /// <summary>
    /// True when a lease would be refused at this moment. Each node has the limit for itself: what the others have in flight does not
    /// count.
    /// </summary>
    public bool IsFull => MaxInFlight != 0 && Load.InFlight >= MaxInFlight;

    /// <summary>
    /// True for the same name at the same address, whatever else of its configuration changed in between: work begun on the one counts on
    /// the other.
    /// </summary>
    public bool IsSameServerAs(Backend other) => ReferenceEquals(Load, other.Load);

    /// <summary>The address to try: the one that worked last comes first, then the others in turn. Any thread.</summary>
    /// <param name="attempt">From 0 to less than there are.</param>
    public IPEndPoint AddressAt(int attempt) => Addresses[(_preferred + attempt) % Addresses.Count];

    /// <summary>It is tried first from now on. Two loops may race: either address has worked. Any thread.</summary>
    /// <param name="address">One of <see cref="Addresses"/>.</param>
    public void Prefer(IPEndPoint address)
    {
        for (var i = 0; i < Addresses.Count; i++)
        {
            if (Addresses[i].Equals(address)) _preferred = i;
        }
    }

    /// <summary>Takes one in-flight unit, or none when the backend is full. Any thread; lock-free.</summary>
    public bool TryLease(out Lease lease)
    {
        if (Load.Increment() > MaxInFlight && MaxInFlight != 0)
        {
            Load.Decrement();
            lease = default;
            return false;
        }

        lease = new Lease(this);
        return true;
    }

    public override string ToString() => Id;
}
