using System.CommandLine;
using System.Globalization;
using ClusterLb.Node.Reload;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb reload</c>: a node reads its own configuration again and follows it, or says all that is wrong with it.</summary>
internal static class ReloadCommand
{
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would change." };
        var command = new Command("reload", "Have a node read its configuration again, and put it into force whole or not at all.");
        command.Options.Add(dryRun);
        return new AdminOptions().Complete(command, async call =>
        {
            var report = await call.Client.PostAsync<ReloadReport>("reload", new { DryRun = call.Parsed.GetValue(dryRun) });
            foreach (var warning in report.Warnings) await call.Error.WriteLineAsync(warning);
            call.Print(report, _ => Print(report, call.Output));
            return ExitCode.Done;
        });
    }

    private static void Print(ReloadReport report, TextWriter output)
    {
        foreach (var change in report.Changes) output.WriteLine(change.Text);
        var count = string.Create(CultureInfo.InvariantCulture, $"{report.Changes.Count} change{(report.Changes.Count == 1 ? "" : "s")}");
        output.WriteLine(report.Outcome switch
        {
            ReloadOutcome.Applied => $"configuration {report.Fingerprint} is in force on {report.Node}: {count}",
            ReloadOutcome.Possible => $"configuration {report.Fingerprint} is not in force on {report.Node}: {count} to come",
            _ => $"configuration {report.Fingerprint} is in force on {report.Node}: nothing has changed",
        });
    }
}
