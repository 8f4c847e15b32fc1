using ClusterLb.Node.Api;
using ClusterLb.Node.Reload;

namespace ClusterLb.Node.Admin;

/// <summary>The part of the API that has this node, and no other, read its configuration again.</summary>
internal sealed class ReloadRoutes(ConfigurationReload reload)
{
    public IEnumerable<ApiRoute> All =>
    [
        ApiRoute.Post<ReloadReport>($"{ApiRoute.Root}/reload", "reload",
            "Has the node that is asked read its configuration again, and put it into force whole or not at all.", ReloadAsync)
            with
        {
            Body = [BodyKey.Flag("dry_run", "Only say what would change.")],
            Problems = [ProblemKind.BadConfiguration],
        },
    ];

    private async Task<ApiResult<ReloadReport>> ReloadAsync(ApiCall call)
    {
        var isDryRun = call.Body.Flag("dry_run");
        if (call.Body.Problem is { } problem) return problem;
        var (report, problems) = await reload.RunAsync(isDryRun);
        if (report is not null) return report;
        return Problem.Of(ProblemKind.BadConfiguration, problems[0]) with { Problems = problems };
    }
}
