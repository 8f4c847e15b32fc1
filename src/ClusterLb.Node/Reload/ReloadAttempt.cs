using ClusterLb.ControlPlane.Reload;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;
using ClusterLb.Node.Configuration.Changes;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterLb.Node.Reload;

/// <summary>What was read and got ready once: is committed or abandoned, whichever comes first. Any thread.</summary>
/// <param name="result">As it is when it is committed.</param>
/// <param name="desired">Null when it is refused.</param>
/// <param name="parts">In the order in which they follow.</param>
/// <param name="end">Hears once that it has ended, and how.</param>
internal sealed class ReloadAttempt(
    ReloadResult result, ClusterLbConfig? desired, IReadOnlyList<PreparedPart> parts, Action<ReloadAttempt, ReloadEnd> end, ILogger logger)
    : IReloadAttempt
{
    /// <summary>Of changes, warnings and problems each: enough to see what is going on at another node.</summary>
    private const int MostTold = 100;

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hasEnded;

    public ReloadResult Result => result;

    public ClusterLbConfig? Desired => desired;

    public bool IsOpen => Volatile.Read(ref _hasEnded) == 0;

    public ReloadOffer Offer => result.Report is { } report
        ? new ReloadOffer(report.Fingerprint, Some(report.Changes.Select(change => change.Text)), Some(report.Warnings), [])
        : ReloadOffer.Refused(result.Problems.Take(MostTold));

    /// <summary>There is nothing to commit.</summary>
    public static ReloadAttempt Closed(ReloadResult result, ClusterLbConfig? desired = null) =>
        new(result, desired, [], static (_, _) => { }, NullLogger.Instance) { _hasEnded = 1 };

    public EquatableList<SharedKey> ReadKeys() => desired is null ? [] : SharedKeyList.Of(desired);

    public async Task<bool> CommitAsync()
    {
        if (!TryEnd()) return false;
        var begun = 0;
        try
        {
            while (begun < parts.Count) await parts[begun++].CommitAsync();
        }
        catch
        {
            await LetBeAsync(parts.Skip(begun));
            end(this, ReloadEnd.Failed);
            throw;
        }

        end(this, ReloadEnd.InForce);
        return true;
    }

    public async void Abandon()
    {
        if (!TryEnd()) return;
        await LetBeAsync(parts);
        logger.LetBe(result.Report!.Fingerprint);
        end(this, ReloadEnd.LetBe);
    }

    /// <summary>Unless it has ended before.</summary>
    public async void AbandonAfter(TimeSpan patience, TimeProvider time)
    {
        await Task.WhenAny(_end.Task, Task.Delay(patience, time));
        Abandon();
    }

    /// <summary>Each gives back what it got, whatever becomes of the others.</summary>
    private async Task LetBeAsync(IEnumerable<PreparedPart> some)
    {
        foreach (var part in some)
        {
            try
            {
                await part.AbandonAsync();
            }
            catch (Exception bug)
            {
                logger.ReloadFault(bug);
            }
        }
    }

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0) return false;
        _end.TrySetResult();
        return true;
    }

    private static EquatableList<string> Some(IEnumerable<string> lines) => lines.Take(MostTold).ToEquatableList();
}

/// <summary>What became of an attempt.</summary>
internal enum ReloadEnd
{
    InForce,

    /// <summary>Nothing has changed.</summary>
    LetBe,

    /// <summary>By a bug, half-way: a part of it may be in force.</summary>
    Failed,
}
