using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Discovery;

/// <summary>What of a pool counts where a source's answer is judged.</summary>
/// <param name="Others">Backends that are not of this source.</param>
/// <param name="IsDead">Whether checks say that the backend of a name is down.</param>
public sealed record PoolAround(int Others, Func<string, bool> IsDead)
{
    /// <summary>Of the pool's other sources: sources that fail together take no more away than one.</summary>
    public EquatableList<Departure> Departures { get; init; }
}

/// <summary>Backends that left with the first answer that lacked them; those that were held back first do not count.</summary>
/// <param name="At">Monotonic milliseconds.</param>
/// <param name="Count">How many.</param>
/// <param name="Of">How many backends the pool had before.</param>
public readonly record struct Departure(long At, int Count, int Of);
