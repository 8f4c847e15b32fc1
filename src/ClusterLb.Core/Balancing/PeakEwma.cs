using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// The peak-sensitive moving average of response times (as in Finagle's load balancers): a slower response counts at once, a faster one
/// moves the average by how long ago the last one was. And the other way round what a response takes unhindered: a faster one counts at
/// once, slower ones when there are several and none between that is fast.
/// </summary>
public static class PeakEwma
{
    private const double DecayMilliseconds = 10_000;

    // Times, by one response.
    private const double MostRise = 1.1;

    /// <summary>Takes one response into account. On the event loop that saw it.</summary>
    public static void Observe(BackendLoad load, double microseconds, long nowMilliseconds)
    {
        var (average, unhindered) = (load.ResponseMicroseconds, load.UnhinderedMicroseconds);
        unhindered = unhindered == 0 ? microseconds : Math.Min(microseconds, unhindered * MostRise);
        if (microseconds < average)
        {
            var age = Math.Max(1, nowMilliseconds - load.ObservedAtMilliseconds);
            var keep = Math.Exp(-age / DecayMilliseconds);
            // Under load responses come within one millisecond; each still moves the average a little.
            average = (average * keep) + (microseconds * (1 - keep));
        }
        else
        {
            average = microseconds;
        }

        load.StoreResponse(average, unhindered, nowMilliseconds);
    }

    /// <summary>
    /// What is left of the average now: a backend that nobody asked for a while is given another chance. 0 = never observed.
    /// </summary>
    public static double Current(BackendLoad load, long nowMilliseconds) => load.ResponseMicroseconds * Left(load, nowMilliseconds);

    /// <summary>The part of an average that is left now, 1 to 0.</summary>
    internal static double Left(BackendLoad load, long nowMilliseconds)
    {
        var age = nowMilliseconds - load.ObservedAtMilliseconds;
        return age <= 0 ? 1 : DecayMilliseconds / (DecayMilliseconds + (age * 4));
    }
}
