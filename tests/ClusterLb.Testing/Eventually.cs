using System.Diagnostics;

namespace ClusterLb.Testing;

/// <summary>Waits for what happens elsewhere: asks again and again, and fails loudly after a while.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    public static Task Is(Func<bool> condition) => Is(() => Task.FromResult(condition()));

    public static async Task Is(Func<Task<bool>> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(s_pause))
        {
            if (Stopwatch.GetElapsedTime(started) > s_patience) throw new TimeoutException("it never became true");
        }
    }
}
