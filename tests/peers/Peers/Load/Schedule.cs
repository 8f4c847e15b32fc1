namespace Peers.Load;

/// <summary>
/// The times at which requests are due: evenly spaced, or with the exponential gaps of independent users (always the same ones).
/// </summary>
internal sealed class Schedule(long start, double rate, bool poisson)
{
    private readonly Random _random = new(20_260_101);
    private double _next = start;

    /// <summary>When the next request is due, nanoseconds.</summary>
    public long Next => (long)_next;

    public long Take()
    {
        var due = Next;
        _next += 1e9 / rate * (poisson ? -Math.Log(1 - _random.NextDouble()) : 1);
        return due;
    }
}
