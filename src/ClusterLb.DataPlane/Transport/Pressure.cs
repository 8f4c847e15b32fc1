namespace ClusterLb.DataPlane.Transport;

/// <summary>How near something that is limited is to its limit.</summary>
internal enum Pressure
{
    None,

    /// <summary>From 90 %.</summary>
    Near,

    /// <summary>From 95 %.</summary>
    Tight,
    Full,
}

internal static class Pressures
{
    public static Pressure Of(long used, long limit)
    {
        if (used < limit - (limit / 10)) return Pressure.None;
        if (used >= limit) return Pressure.Full;
        return used < limit - (limit / 20) ? Pressure.Near : Pressure.Tight;
    }
}
