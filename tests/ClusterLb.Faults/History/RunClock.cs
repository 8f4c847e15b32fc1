using System.Diagnostics;

namespace ClusterLb.Faults.History;

/// <summary>One clock for a run: clients, faults and what nodes wrote with the wall clock.</summary>
public sealed class RunClock
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _beganAt = TimeProvider.System.GetLocalNow();

    /// <summary>Milliseconds since the run began.</summary>
    public double Now => Stopwatch.GetElapsedTime(_began).TotalMilliseconds;

    /// <param name="timestamp">Of <see cref="Stopwatch"/>, in whichever process of this machine.</param>
    public double At(long timestamp) => Stopwatch.GetElapsedTime(_began, timestamp).TotalMilliseconds;

    /// <param name="timeOfDay">Local, as logs have it; of a run that ends before it is a day old.</param>
    public double Of(TimeSpan timeOfDay)
    {
        var milliseconds = (timeOfDay - _beganAt.TimeOfDay).TotalMilliseconds;
        return milliseconds < -TimeSpan.FromHours(12).TotalMilliseconds
            ? milliseconds + TimeSpan.FromDays(1).TotalMilliseconds
            : milliseconds;
    }
}
