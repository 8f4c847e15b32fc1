using System.CommandLine;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>
/// <c>clusterlb health</c>: what <c>/readyz</c> says, as an exit code: for whoever can run a program and has no HTTP client, such as a
/// container's health check.
/// </summary>
internal static class HealthCommand
{
    public static Command Create() => new AdminOptions().CompleteQuestion(
        new Command("health", "Ask a node whether clients should be sent to it: exit code 0 when they should, 1 when not."), async call =>
        {
            var problem = await call.Client.WhyNotReadyAsync();
            await call.Output.WriteLineAsync(problem.Length == 0 ? "ready" : problem);
            return problem.Length == 0 ? ExitCode.Done : ExitCode.No;
        });
}
