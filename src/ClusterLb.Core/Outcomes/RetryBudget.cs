namespace ClusterLb.Core.Outcomes;

/// <summary>
/// Keeps retries from multiplying a failing pool's load: never more of them in flight than a share of the live requests, and at least
/// a few. One per loop and pool, used on that loop.
/// </summary>
public sealed class RetryBudget(int percent)
{
    private const int AtLeast = 3;

    private int _requests;
    private int _retries;

    public void RequestStarted() => _requests++;

    /// <param name="retries">The units it took.</param>
    public void RequestEnded(int retries)
    {
        _requests--;
        _retries -= retries;
    }

    public bool TryStartRetry()
    {
        if (percent == 0 || _retries >= Math.Max(AtLeast, _requests * percent / 100)) return false;
        _retries++;
        return true;
    }
}
