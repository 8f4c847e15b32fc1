namespace ClusterLb.Core.Discovery;

/// <summary>
/// A place where backends are found: says what is there, and that it may have changed. Another kind is a file with this and a line in the
/// registry of kinds. Any thread; one question at a time.
/// </summary>
public interface IBackendSource : IDisposable
{
    /// <summary>What is there now, asked with a bound of its own. Never throws but for <paramref name="stopping"/>.</summary>
    Task<SourceAnswer> AskAsync(CancellationToken stopping);

    /// <summary>
    /// Completes when what is there may have changed since the last question; never where only a question tells, which is the default.
    /// </summary>
    Task ChangedAsync(CancellationToken stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping);
}
