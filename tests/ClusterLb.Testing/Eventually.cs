using System.Diagnostics;

namespace ClusterLb.Testing;

/// <summary>Waits for what happens elsewhere: asks again and again, and fails loudly after a while.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    public static async Task Is(Func<bool> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(s_pause))
        {
            if (Stopwatch.GetElapsedTime(started) > s_patience) throw new TimeoutException("it never became true");
        }
    }
}
