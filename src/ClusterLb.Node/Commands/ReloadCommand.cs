using System.CommandLine;
using System.Globalization;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.Node.Reload;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>
/// <c>clusterlb reload</c>: a node reads its own configuration again and follows it, or says all that is wrong with it; with <c>--all</c>
/// every node does, all of them together or none.
/// </summary>
internal static class ReloadCommand
{
    /// <summary>Nodes may take 10 s to read and 5 s to confirm.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(25);

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would change." };
        var all = new Option<bool>("--all") { Description = "On every node, each by its own files: all of them follow, or none does." };
        var command = new Command("reload", "Have a node read its configuration again, and put it into force whole or not at all.");
        command.Options.Add(dryRun);
        command.Options.Add(all);
        return new AdminOptions { Patience = s_patience }.Complete(command, call =>
        {
            var body = new { DryRun = call.Parsed.GetValue(dryRun) };
            return call.Parsed.GetValue(all) ? RunAllAsync(call, body) : RunAsync(call, body);
        });
    }

    private static async Task<int> RunAsync(AdminCall call, object body)
    {
        var report = await call.Client.PostAsync<ReloadReport>("reload", body);
        foreach (var warning in report.Warnings) await call.Error.WriteLineAsync(warning);
        call.Print(report, _ => Print(report, call.Output));
        return ExitCode.Done;
    }

    private static async Task<int> RunAllAsync(AdminCall call, object body)
    {
        var report = await call.Client.PostAsync<ReloadAllReport>("reload/all", body);
        foreach (var node in report.Nodes)
        {
            foreach (var warning in node.Warnings) await call.Error.WriteLineAsync($"{node.Node}: {warning}");
        }

        call.Print(report, _ => PrintAll(report, call.Output));
        var missing = report.Nodes.Where(node => node.Confirmation is Confirmation.Silent or Confirmation.Refused).ToList();
        foreach (var node in missing)
        {
            await call.Error.WriteLineAsync(node.Confirmation == Confirmation.Silent
                ? $"{node.Node} has not confirmed within 5 s; it follows when it can, and status shows at which epoch it is"
                : $"{node.Node} has not switched: {node.Refusal}");
        }

        return missing.Count == 0 ? ExitCode.Done : ExitCode.No;
    }

    private static void Print(ReloadReport report, TextWriter output)
    {
        foreach (var change in report.Changes) output.WriteLine(change.Text);
        output.WriteLine($"configuration {report.Fingerprint} {EndOf(report.Outcome)} on {report.Node}: "
            + CountOf(report.Outcome, report.Changes.Count));
    }

    /// <summary>What changes on all nodes is said once.</summary>
    private static void PrintAll(ReloadAllReport report, TextWriter output)
    {
        foreach (var change in report.Nodes.SelectMany(node => node.Changes).Distinct())
        {
            var nodes = report.Nodes.Where(node => node.Changes.Contains(change)).Select(node => node.Node).ToList();
            output.WriteLine(nodes.Count == report.Nodes.Count ? change : $"{string.Join(", ", nodes)}: {change}");
        }

        var there = report.Nodes.Where(node => node.Confirmation is Confirmation.Confirmed or Confirmation.NotAsked)
            .Select(node => node.Node);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"configuration {report.Fingerprint} {EndOf(report.Outcome)} on {string.Join(", ", there)}, epoch {report.Epoch}: ")
            + CountOf(report.Outcome, report.Nodes.SelectMany(node => node.Changes).Distinct().Count()));
    }

    private static string EndOf(ReloadOutcome outcome) => outcome == ReloadOutcome.Possible ? "is not in force" : "is in force";

    private static string CountOf(ReloadOutcome outcome, int count)
    {
        var changes = string.Create(CultureInfo.InvariantCulture, $"{count} change{(count == 1 ? "" : "s")}");
        return outcome switch
        {
            ReloadOutcome.Applied => changes,
            ReloadOutcome.Possible => $"{changes} to come",
            _ => "nothing has changed",
        };
    }
}
