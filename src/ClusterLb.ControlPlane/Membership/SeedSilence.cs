namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// A seed that has not answered yet, and when it is to be knocked at again: a pure value.
/// </summary>
/// <param name="Since">The first knock that it did not answer, monotonic milliseconds.</param>
internal readonly record struct SeedSilence(long Since, long KnockedAt)
{
    /// <summary>So long it may well be starting.</summary>
    public const long PatienceMilliseconds = 30_000;

    private const long SlowMilliseconds = 5_000;

    /// <summary>
    /// The least time between two knocks at a seed that has been silent for so long; a round of knocking is the least of all.
    /// </summary>
    public static long IntervalAfter(long silentMilliseconds) => silentMilliseconds < PatienceMilliseconds ? 0 : SlowMilliseconds;

    public bool IsDue(long now) => now - KnockedAt >= IntervalAfter(now - Since);
}
