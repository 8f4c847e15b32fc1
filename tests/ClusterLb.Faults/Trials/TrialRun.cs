using System.Globalization;
using System.Net.Sockets;
using ClusterLb.Faults.Backends;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Report;

namespace ClusterLb.Faults.Trials;

/// <summary>Runs one scenario on a site: load, the fault, load, and then what the ledger says.</summary>
internal static class TrialRun
{
    /// <param name="scenario">What to do.</param>
    /// <param name="site">Whole; afterwards too, unless the report says that it did not recover.</param>
    /// <param name="settings">Of the run.</param>
    /// <param name="stop">Ends it at once.</param>
    public static async Task<ScenarioReport> RunAsync(IScenario scenario, Site site, RunSettings settings, CancellationToken stop)
    {
        var clock = new RunClock();
        var run = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{scenario.Name}");
        var offsets = site.Backends.Select(backend => backend.JournalLength).ToList();
        var trial = new Trial(site, settings, clock, stop);
        var watched = new List<Absence>();
        using var pulse = new Pulse(clock);
        await using var load = new Load(site.Plan(settings, run), clock);
        var watches = site.Backends.Select(backend => new BackendWatch(backend, clock, absence => Add(watched, absence))).ToList();
        try
        {
            await Task.Delay(settings.Before, stop);
            await DisturbAsync(scenario, trial);
            await Task.Delay(settings.After, stop);
        }
        finally
        {
            await load.StopAsync();
            foreach (var watch in watches) await watch.DisposeAsync();
        }

        var receipts = site.Backends.Zip(offsets).SelectMany(pair => pair.First.ReceiptsFrom(pair.Second)).ToList();
        trial.Excuse(pulse.Gaps.Select(gap => Excuses.StoodStill(gap.From, gap.Until)));
        return Judge(scenario, trial, settings, load.Requests, receipts, [.. trial.Absences, .. watched, .. HeldDown(site, clock)]);
    }

    /// <summary>What a scenario waits for in vain is a broken promise as well.</summary>
    private static async Task DisturbAsync(IScenario scenario, Trial trial)
    {
        try
        {
            await scenario.RunAsync(trial);
            await trial.Cluster.WholeAsync();
        }
        catch (Exception failure) when (!trial.Stop.IsCancellationRequested
            && failure is TimeoutException or InvalidOperationException or HttpRequestException or OperationCanceledException
                or SocketException)
        {
            trial.Violate($"{failure.Message}");
            if (trial.Ended == 0) trial.End();
        }
    }

    private static ScenarioReport Judge(
        IScenario scenario, Trial trial, RunSettings settings, IReadOnlyCollection<Request> requests, IReadOnlyList<Receipt> receipts,
        IReadOnlyList<Absence> absences)
    {
        var judgement = new RequestLedger(trial.Excuses, absences).Judge(requests, receipts);
        var report = ScenarioReport.Of(scenario.Name, settings.Seed,
            judgement with { Violations = [.. trial.Violations, .. judgement.Violations] }, requests, trial.Began, trial.Ended);
        return report with { DetectMilliseconds = trial.Detected, Notes = trial.Notes };
    }

    /// <summary>When nodes went by the cluster's word that a backend of the pool with sessions was down.</summary>
    private static IEnumerable<Absence> HeldDown(Site site, RunClock clock) =>
        site.Cluster.Nodes.SelectMany(node => node.Logs).SelectMany(log => VerdictLog.Read(
            string.Join('\n', log.Text.Split('\n').Where(line => line.Contains("backend sessions/", StringComparison.Ordinal))), clock,
            clock.At(log.End)));

    private static void Add(List<Absence> absences, Absence absence)
    {
        lock (absences) absences.Add(absence);
    }
}
