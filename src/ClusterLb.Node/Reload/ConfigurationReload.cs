using System.Globalization;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.ControlPlane.Events;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Changes;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Reload;

/// <summary>
/// Reads the node's configuration again and puts it into force, whole or not at all: what differs is found, every part gets ready, then
/// every part follows (decision 0050). Any thread; one after the other.
/// </summary>
/// <param name="sources">Of the start: the same files, settings and environment.</param>
/// <param name="started">What the node started with.</param>
/// <param name="parts">In the order in which they follow.</param>
/// <param name="state">A node that starts or leaves does not follow.</param>
/// <param name="journal">Remembers what came of it.</param>
internal sealed class ConfigurationReload(
    ConfigurationSources sources, ClusterLbConfig started, IReadOnlyList<ReloadPart> parts, NodeState state, EventJournal journal,
    ILogger logger, TimeProvider time) : IOwnFiles, IDisposable
{
    private const int MostTold = 10;

    /// <summary>For the word of the cluster on what was read: longer than all nodes may take to read their files.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>As it was read; addresses of names are elsewhere.</summary>
    private volatile ClusterLbConfig _inForce = started;

    /// <summary>Has the turn, and waits for a word.</summary>
    private volatile ReloadAttempt? _waiting;

    /// <summary>1 = somebody who waits for no answer has asked, and it has not begun.</summary>
    private int _isAsked;

    public ClusterLbConfig InForce => _inForce;

    public ReloadCounts Counts { get; } = new(time);

    /// <summary>
    /// What is written there now is in force when this completes, or nothing has changed. Requests under way are not touched, nor is
    /// anything that did not change.
    /// </summary>
    /// <param name="isDryRun">Says what would be, and changes nothing: not tried is whether what is to be bound or opened can be.</param>
    public async Task<ReloadResult> RunAsync(bool isDryRun)
    {
        var attempt = await PrepareAsync(isDryRun);
        await attempt.CommitAsync();
        return attempt.Result;
    }

    /// <summary>Nothing has changed when this completes; the turn is the attempt's until it is committed or abandoned.</summary>
    async Task<IReloadAttempt> IOwnFiles.PrepareAsync(bool isDryRun)
    {
        var attempt = await PrepareAsync(isDryRun);
        if (!attempt.IsOpen) return attempt;
        _waiting = attempt;
        attempt.AbandonAfter(s_patience, time);
        if (!state.IsServing) attempt.Abandon();
        return attempt;
    }

    /// <summary>
    /// The same for somebody who waits for no answer; the log has it, unless the node leaves. A node that starts has read its files
    /// before: it reads them again once it serves (<see cref="BeginIfAsked"/>).
    /// </summary>
    public void Begin()
    {
        Volatile.Write(ref _isAsked, 1);
        BeginIfAsked();
    }

    /// <summary>Called when the state of the node has changed, too.</summary>
    public async void BeginIfAsked()
    {
        if (state.IsStarting || Interlocked.Exchange(ref _isAsked, 0) == 0) return;
        // Whoever changed the state does not wait for files.
        await Task.Yield();
        try
        {
            await RunAsync(isDryRun: false);
        }
        catch (Exception leaving) when (leaving is OperationCanceledException or ObjectDisposedException)
        {
            // The node leaves.
        }
        catch (Exception bug)
        {
            logger.ReloadFault(bug);
        }
    }

    /// <summary>
    /// Waits for one that is under way, and lets be what waits for a word. Called by a node that leaves or gives its place
    /// to another process: none begins any more.
    /// </summary>
    public async Task FinishAsync()
    {
        _waiting?.Abandon();
        await _turn.WaitAsync();
        _turn.Release();
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ReloadAttempt> PrepareAsync(bool isDryRun)
    {
        await _turn.WaitAsync();
        var attempt = ReloadAttempt.Closed(Refused([]));
        try
        {
            return attempt = await ReadAsync(isDryRun);
        }
        finally
        {
            if (!attempt.IsOpen) _turn.Release();
        }
    }

    /// <summary>A node that does not serve reads nothing: that says nothing about its files, and is no failure of theirs.</summary>
    private async Task<ReloadAttempt> ReadAsync(bool isDryRun)
    {
        if (!state.IsServing)
        {
            var what = state.IsLeaving ? "leaving" : state.IsGivingWay ? "giving its place to another process" : "starting";
            return ReloadAttempt.Closed(Refused([$"the node is {what}: its configuration stays as it is"]));
        }

        var attempt = await ReadFilesAsync(isDryRun);
        if (!isDryRun && attempt.Result.Report is null) Remember(attempt.Result);
        return attempt;
    }

    private async Task<ReloadAttempt> ReadFilesAsync(bool isDryRun)
    {
        var read = ConfigurationReader.Read(sources);
        if (read.Config is not { } desired) return ReloadAttempt.Closed(Refused(read.Problems));
        var difference = ConfigurationDifference.Between(_inForce, desired);
        if (difference.NeedingRestart.Count > 0)
            return ReloadAttempt.Closed(Refused(difference.NeedingRestart.Select(change => Problem(read, change))));
        try
        {
            List<ConfigurationChange> changes = [.. difference.Changes, .. parts.SelectMany(part => part.FindChanges(desired))];
            var outcome = changes.Count == 0 ? ReloadOutcome.Unchanged : isDryRun ? ReloadOutcome.Possible : ReloadOutcome.Applied;
            var prepared = outcome == ReloadOutcome.Applied ? await PrepareAsync(desired) : [];
            var warnings = ConfigurationWarnings.Of(read).Select(warning => warning.ToString());
            var result = new ReloadResult(
                new ReloadReport(desired.Node.Name, outcome, desired.Fingerprint, [.. changes.Select(ChangeReport.Of)], [.. warnings]), []);
            return isDryRun ? ReloadAttempt.Closed(result, desired) : new ReloadAttempt(result, desired, prepared, End, logger);
        }
        catch (ReloadException failure)
        {
            return ReloadAttempt.Closed(Refused([new ConfigurationProblem(read.Text!.PlaceOf(failure.Key), failure.Key, failure.Message)]));
        }
    }

    /// <exception cref="ReloadException">Why nothing has changed.</exception>
    private async Task<List<PreparedPart>> PrepareAsync(ClusterLbConfig desired)
    {
        var prepared = new List<PreparedPart>();
        try
        {
            foreach (var part in parts) prepared.Add(await part.PrepareAsync(desired));
            return prepared;
        }
        catch
        {
            foreach (var part in prepared) await part.AbandonAsync();
            throw;
        }
    }

    private void End(ReloadAttempt attempt, ReloadEnd how)
    {
        if (how == ReloadEnd.InForce && attempt.Result.Report!.Outcome == ReloadOutcome.Applied) _inForce = attempt.Desired!;
        if (how == ReloadEnd.InForce) Remember(attempt.Result);
        // Of a reload of all nodes: there was nothing to put into force, and nothing wrong with the files.
        if (how == ReloadEnd.LetBe && attempt.Result.Report!.Outcome == ReloadOutcome.Unchanged) Counts.Unchanged();
        if (how == ReloadEnd.Failed) RememberFailure(attempt.Result.Report!.Fingerprint);
        _waiting = null;
        try
        {
            _turn.Release();
        }
        catch (ObjectDisposedException)
        {
            // The node is gone, and nobody waits for a turn.
        }
    }

    private void Remember(ReloadResult result)
    {
        if (result.Report is not { } report)
        {
            Counts.Refused();
            journal.Add(_inForce.Node.Name, $"configuration is not taken, {_inForce.Fingerprint} stays in force: {Some(result.Problems)}");
            foreach (var problem in result.Problems) logger.NotTaken(problem);
            return;
        }

        foreach (var warning in report.Warnings) logger.ConfigurationWarned(warning);
        if (report.Outcome == ReloadOutcome.Applied)
        {
            Counts.Applied();
            journal.Announce(report.Node,
                $"configuration {report.Fingerprint} is in force: {Some([.. report.Changes.Select(change => change.Text)])}");
        }
        else
        {
            Counts.Unchanged();
            logger.NothingChanged(report.Fingerprint);
        }
    }

    private void RememberFailure(string fingerprint)
    {
        Counts.Refused();
        journal.Add(_inForce.Node.Name,
            $"configuration {fingerprint} failed half-way by a bug: a part of it may be in force; the log has more");
    }

    private static ReloadResult Refused(IEnumerable<object> problems) => new(null, [.. problems.Select(problem => problem.ToString()!)]);

    private static ConfigurationProblem Problem(ConfigurationResult read, ConfigurationChange change) => new(
        read.Text!.PlaceOf(change.Key), change.Key,
        (change.From, change.To) is ("", "")
            ? "is another one than this node runs with; a change of it needs a restart"
            : $"is {change.To}, and this node runs with {change.From}; a change of it needs a restart");

    private static string Some(IReadOnlyList<string> lines) => lines.Count <= MostTold
        ? string.Join("; ", lines)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join("; ", lines.Take(MostTold))}; and {lines.Count - MostTold} more");
}
