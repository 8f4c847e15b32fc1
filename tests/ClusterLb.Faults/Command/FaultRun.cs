using ClusterLb.Faults.Nodes;
using ClusterLb.Faults.Report;
using ClusterLb.Faults.Scenarios;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Command;

/// <summary>Runs the scenarios that are wanted, one after the other, and tells how each went.</summary>
/// <param name="options">Of the command line.</param>
/// <param name="program">The published <c>clusterlb</c>.</param>
/// <param name="log">What is told while it goes on.</param>
internal sealed class FaultRun(FaultOptions options, string program, TextWriter log)
{
    private readonly RunSettings _settings = new(program, options.Duration, options.Seed, options.Rate, options.Clients);

    /// <param name="obstacle">Why networks cannot be cut; null = they can.</param>
    /// <param name="stop">Ends it at once.</param>
    public async Task<IReadOnlyList<ScenarioReport>> RunAsync(string? obstacle, CancellationToken stop)
    {
        var wanted = Catalog.All.Where(scenario => options.Wants(scenario.Name)).ToList();
        var reports = new List<ScenarioReport>();
        var cutting = wanted.Where(scenario => scenario.CutsNetwork).ToList();
        await RunAsync(wanted.Except(cutting), () => Task.FromResult<INetwork>(new LoopbackNetwork()), reports, stop);
        if (obstacle is null) await RunAsync(cutting, async () => await SwitchedNetwork.CreateAsync(), reports, stop);
        else reports.AddRange(cutting.Select(scenario => ScenarioReport.Without(scenario.Name, options.Seed, obstacle)));
        return reports;
    }

    /// <summary>On one site, as long as each leaves it whole.</summary>
    private async Task RunAsync(
        IEnumerable<IScenario> scenarios, Func<Task<INetwork>> connect, List<ScenarioReport> reports, CancellationToken stop)
    {
        INetwork? network = null;
        Site? site = null;
        try
        {
            foreach (var scenario in scenarios)
            {
                site ??= await Site.StartAsync(network ??= await connect(), program);
                await log.WriteLineAsync($"{scenario.Name}: {scenario.Summary}");
                var report = await TrialRun.RunAsync(scenario, site, _settings, stop);
                reports.Add(report);
                if (ReportTable.Details(report) is { Length: > 0 } details) await log.WriteLineAsync(details);
                if (!report.IsFailed) continue;
                // What it left may not be what the next one takes for granted.
                site.Dispose();
                site = null;
            }
        }
        finally
        {
            site?.Dispose();
        }
    }
}
