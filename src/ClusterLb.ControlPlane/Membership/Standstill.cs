namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// Whether this process stood still, as after SIGSTOP, a machine that slept or a hypervisor that had no time: a clock that ticks once a
/// second sees it by the tick that is missing. A pure value.
/// </summary>
/// <param name="TickedAt">The last tick, monotonic milliseconds.</param>
internal readonly record struct Standstill(long TickedAt)
{
    public const long TickMilliseconds = 1_000;

    /// <summary>Shorter ones happen on any busy machine, and cost a node nothing.</summary>
    public const long LeastMilliseconds = 3_000;

    /// <summary>For how long it stood still before this tick; 0 = it did not.</summary>
    public long Until(long now) => now - TickedAt - TickMilliseconds is var still and >= LeastMilliseconds ? still : 0;
}
