namespace ClusterLb.Core.Health;

/// <summary>The growing weight of a backend that returns: w · max(10 %, elapsed / window).</summary>
public static class SlowStart
{
    /// <summary>Weights are kept x 100, so that 10 % of weight 1 is a whole number.</summary>
    public const int Scale = 100;

    /// <param name="weight">Configured, 0 to 256.</param>
    /// <param name="startedAt">Monotonic milliseconds; 0 = not in slow start.</param>
    /// <param name="window">Milliseconds; 0 = at once.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <returns>The weight x 100.</returns>
    public static int Weight(int weight, long startedAt, long window, long now)
    {
        if (IsOver(startedAt, window, now)) return weight * Scale;
        return (int)Math.Ceiling(weight * Scale * Math.Max(0.1, (now - startedAt) / (double)window));
    }

    public static bool IsOver(long startedAt, long window, long now) => startedAt == 0 || now - startedAt >= window;
}
