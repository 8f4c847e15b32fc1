namespace ClusterLb.Core.Health;

/// <summary>The growing weight of a backend that comes back: w x max(10 %, elapsed / window).</summary>
internal static class SlowStart
{
    /// <summary>How much of its weight a backend has at once, and all that one on trial has.</summary>
    public const int FloorPercent = 10;

    /// <summary>The weight x 100.</summary>
    /// <param name="weight">Configured, 0 to 256.</param>
    /// <param name="elapsedMilliseconds">Since it came back; null = it did not.</param>
    /// <param name="window">0 = no slow start.</param>
    public static int Weight(int weight, long? elapsedMilliseconds, TimeSpan window)
    {
        var total = (long)window.TotalMilliseconds;
        // Loops and actors read their clocks apart, so that one may look before another's comeback.
        if (elapsedMilliseconds is not { } elapsed || total == 0 || elapsed >= total) return weight * 100;
        return weight * (int)Math.Max(FloorPercent, Math.Max(elapsed, 0) * 100 / total);
    }
}
