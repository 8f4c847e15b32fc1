using System.CommandLine;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb upgrade</c>: the program that is installed now takes the place of a running node, and the command waits.</summary>
internal static class UpgradeCommand
{
    /// <summary>Longer than a node waits for the new process to ask, to get ready, to serve and to settle.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        var command = new Command("upgrade",
            "Have the program that is installed now take the place of a running node: nobody is refused, or nothing changes.");
        return new AdminOptions { Patience = s_patience }.Complete(command, async call =>
        {
            var report = await call.Client.PostAsync<UpgradeReport>("upgrade", new { });
            call.Print(report, _ => call.Output.WriteLine(
                $"{report.Node} is another process now; process {report.FormerProcess} ends when its last client has left"));
            return ExitCode.Done;
        });
    }
}
