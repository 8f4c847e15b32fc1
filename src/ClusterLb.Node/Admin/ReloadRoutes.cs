using ClusterLb.ControlPlane.Commands;
using ClusterLb.Node.Api;
using ClusterLb.Node.Reload;

namespace ClusterLb.Node.Admin;

/// <summary>The part of the API that has this node, or all of them together, read their configuration again.</summary>
internal sealed class ReloadRoutes(ConfigurationReload reload, ClusterCommands cluster)
{
    private static BodyKey DryRun => BodyKey.Flag("dry_run", "Only say what would change.");

    public IEnumerable<ApiRoute> All =>
    [
        ApiRoute.Post<ReloadReport>($"{ApiRoute.Root}/reload", "reload",
            "Has the node that is asked read its configuration again, and put it into force whole or not at all.", ReloadAsync)
            with
        {
            Body = [DryRun],
            Problems = [ProblemKind.BadConfiguration],
        },
        ApiRoute.Post<ReloadAllReport>($"{ApiRoute.Root}/reload/all", "reload_all",
            "Has every node read its own configuration again; all put it into force together, or none does.", ReloadAllAsync)
            with
        {
            Body = [DryRun],
            Problems = [ProblemKind.BadConfiguration, ProblemKind.Refused, ProblemKind.NoAnswer],
        },
    ];

    private async Task<ApiResult<ReloadReport>> ReloadAsync(ApiCall call)
    {
        var isDryRun = call.Body.Flag("dry_run");
        if (call.Body.Problem is { } problem) return problem;
        var (report, problems) = await reload.RunAsync(isDryRun);
        return report is null ? BadConfiguration(problems) : report;
    }

    private async Task<ApiResult<ReloadAllReport>> ReloadAllAsync(ApiCall call)
    {
        var isDryRun = call.Body.Flag("dry_run");
        if (call.Body.Problem is { } problem) return problem;
        try
        {
            var answer = await cluster.ReloadAsync(isDryRun);
            if (answer.Refusal.Length > 0) return Problem.Of(ProblemKind.Refused, answer.Refusal);
            return answer.Problems.Count > 0 ? BadConfiguration(answer.Problems) : ReloadAllReport.Of(answer, isDryRun);
        }
        catch (TimeoutException failure)
        {
            return Problem.Of(ProblemKind.NoAnswer, failure.Message);
        }
    }

    private static Problem BadConfiguration(IReadOnlyList<string> problems) =>
        Problem.Of(ProblemKind.BadConfiguration, problems[0]) with { Problems = problems };
}
