using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>The fastest of a pool, which the response times of all are multiples of.</summary>
/// <param name="Fastest">The least <see cref="BackendLoad.ResponseMicroseconds"/> of any that was observed.</param>
/// <param name="FastestUnhindered">The least <see cref="BackendLoad.UnhinderedMicroseconds"/>.</param>
internal readonly record struct Speeds(double Fastest, double FastestUnhindered)
{
    // Times, and microseconds: schedulers and networks make as much of a difference from moment to moment.
    private const double MuchSlower = 2;
    private const double LeastDifference = 1_000;

    /// <summary>Nobody has been observed.</summary>
    public static Speeds None { get; } = new(double.MaxValue, double.MaxValue);

    public bool IsKnown => Fastest < double.MaxValue;

    public Speeds With(ReadOnlySpan<Backend> backends)
    {
        var (fastest, unhindered) = (Fastest, FastestUnhindered);
        foreach (var backend in backends)
        {
            if (backend.Load.ResponseMicroseconds is not (> 0 and var response)) continue;
            fastest = Math.Min(fastest, response);
            unhindered = Math.Min(unhindered, backend.Load.UnhinderedMicroseconds);
        }

        return new(fastest, unhindered);
    }

    /// <summary>
    /// How much longer than with the fastest a request takes: each that is in flight by the average that peaks move at once, the one to
    /// come by what the backend does unhindered, so that one slow response sends nobody away while the backend is idle. One never observed
    /// is taken to be as fast as the fastest, and so is one that is only a little slower.
    /// </summary>
    public (double InFlight, double Next) Of(BackendLoad load, long nowMilliseconds)
    {
        var response = load.ResponseMicroseconds;
        if (response == 0 || !IsKnown) return (1, 1);
        var left = PeakEwma.Left(load, nowMilliseconds);
        var unhindered = load.UnhinderedMicroseconds * left;
        var isMuchSlower = unhindered >= MuchSlower * FastestUnhindered && unhindered >= FastestUnhindered + LeastDifference;
        return (response * left / Fastest, isMuchSlower ? unhindered / FastestUnhindered : 1);
    }
}
