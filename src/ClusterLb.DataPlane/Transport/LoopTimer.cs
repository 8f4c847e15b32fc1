namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// Something that a loop's <see cref="TimerWheel"/> can wake; the wheel's links are its own fields, so scheduling allocates nothing.
/// </summary>
internal abstract class LoopTimer
{
    internal LoopTimer? Previous;
    internal LoopTimer? Next;

    /// <summary>The slot it hangs in, or -1.</summary>
    internal int Slot = -1;

    /// <summary>When it is to fire, monotonic milliseconds; meaningful while it hangs in a slot.</summary>
    internal long DueMilliseconds;

    /// <summary>Runs on the loop, no earlier than the time asked for and at most one tick late (plus what the loop is busy with).</summary>
    protected internal abstract void Fire(long nowMilliseconds);
}
