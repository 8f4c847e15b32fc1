namespace ClusterLb.Core.Pools;

/// <summary>
/// Bounds the retries in flight of one pool on one event loop to a share of its live requests, at least 3, so that a failing pool is not
/// hit by a multiple of its load. Owned by the loop; not thread-safe.
/// </summary>
/// <param name="percent"><c>retry.budget-percent</c>, 0 to 100.</param>
public sealed class RetryBudget(int percent)
{
    /// <summary>Retries in flight that are always allowed, after Envoy's <c>min_retry_concurrency</c>.</summary>
    public const int Minimum = 3;

    public int Requests { get; private set; }

    public int Retries { get; private set; }

    /// <summary>A request begins; it stays live, with all its tries, until <see cref="EndRequest"/>.</summary>
    public void BeginRequest() => Requests++;

    public void EndRequest() => Requests--;

    /// <summary>Takes a retry, to be given back by <see cref="EndRetry"/>; false when the budget is spent. 0 percent still leaves the minimum.</summary>
    public bool TryBeginRetry()
    {
        if (Retries >= Math.Max(Minimum, (long)Requests * percent / 100)) return false;
        Retries++;
        return true;
    }

    public void EndRetry() => Retries--;
}
