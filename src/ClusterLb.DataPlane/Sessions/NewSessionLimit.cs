namespace ClusterLb.DataPlane.Sessions;

/// <summary>
/// How many sessions each client has begun on one loop in the second at hand. Bounded: sets of four, in which whoever began least of this
/// second gives way, so that somebody with many addresses takes nobody's bound away. Allocates nothing after its first use; not
/// thread-safe.
/// </summary>
/// <param name="perSecond">0 = no bound.</param>
internal sealed class NewSessionLimit(int perSecond)
{
    private const int Ways = 4;
    private const int Sets = 1_024;

    private Count[] _counts = [];

    /// <summary>Counts one. False when it is one too many, and nobody is to remember this session.</summary>
    /// <param name="client">As <see cref="Core.Clients.AddressOwner"/> has it.</param>
    /// <param name="nowSeconds">Any clock.</param>
    public bool TryBegin(ulong client, uint nowSeconds)
    {
        if (perSecond == 0) return true;
        if (_counts.Length == 0) _counts = new Count[Ways * Sets];
        var set = _counts.AsSpan((int)(unchecked(client * 0x9E3779B97F4A7C15) >> 54) * Ways, Ways);
        ref var least = ref set[0];
        foreach (ref var count in set)
        {
            if (count.Second != nowSeconds) count = new Count(0, nowSeconds, 0);
            if (count.Begun > 0 && count.Client == client)
            {
                if (count.Begun >= perSecond) return false;
                count = count with { Begun = count.Begun + 1 };
                return true;
            }

            if (count.Begun < least.Begun || least.Second != nowSeconds) least = ref count;
        }

        least = new Count(client, nowSeconds, 1);
        return true;
    }

    private readonly record struct Count(ulong Client, uint Second, int Begun);
}
