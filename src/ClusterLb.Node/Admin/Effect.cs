namespace ClusterLb.Node.Admin;

/// <summary>
/// What a command was agreed on is made true by others, on the node that was asked, too: its answer waits for that, for a while.
/// </summary>
internal static class Effect
{
    /// <summary>It takes milliseconds; a table of many hashed backends is built anew within this.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    /// <returns>False when it did not come.</returns>
    public static async Task<bool> IsSeenAsync(Func<bool> isTrue, TimeProvider time)
    {
        for (var began = time.GetTimestamp(); !isTrue(); await Task.Delay(s_look, time))
        {
            if (time.GetElapsedTime(began) >= Patience) return false;
        }

        return true;
    }
}
