namespace ClusterLb.Core.Time;

/// <summary>
/// The clocks of the process in the units in which everything is counted: monotonic for what happens here, the wall clock for what nodes
/// must agree on by it. Any thread.
/// </summary>
/// <param name="provider">What they go by.</param>
public sealed class Clock(TimeProvider provider)
{
    /// <summary>For timers, and for what is measured finer than in milliseconds.</summary>
    public TimeProvider Provider { get; } = provider;

    /// <summary>Monotonic, since an arbitrary moment, on the same clock as the event loops.</summary>
    public long NowMilliseconds => (long)(Provider.GetTimestamp() * (1000.0 / Provider.TimestampFrequency));

    /// <summary>The wall clock.</summary>
    public DateTimeOffset UtcNow => Provider.GetUtcNow();

    /// <summary>Since 1970.</summary>
    public long UtcMilliseconds => UtcNow.ToUnixTimeMilliseconds();

    /// <summary>Since 1970: what bindings expire by.</summary>
    public uint UtcSeconds => (uint)UtcNow.ToUnixTimeSeconds();
}
