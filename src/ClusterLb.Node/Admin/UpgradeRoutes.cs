using ClusterLb.Node.Api;

namespace ClusterLb.Node.Admin;

/// <summary>The part of the API that has the program that is installed now take the place of the process that is asked.</summary>
/// <param name="node">Its name.</param>
/// <param name="upgrade">Says why this process is the node still; empty = another one is.</param>
internal sealed class UpgradeRoutes(string node, Func<Task<string>> upgrade)
{
    public IEnumerable<ApiRoute> All =>
    [
        ApiRoute.Post<UpgradeReport>($"{ApiRoute.Root}/upgrade", "upgrade",
            "Has the program that is installed now take the place of the process that is asked, and waits until it has. Nobody is refused.",
            UpgradeAsync)
            with
        {
            Problems = [ProblemKind.NotUpgraded],
        },
    ];

    private async Task<ApiResult<UpgradeReport>> UpgradeAsync(ApiCall call) => await upgrade() is { Length: > 0 } why
        ? Problem.Of(ProblemKind.NotUpgraded, why)
        : new UpgradeReport(node, Environment.ProcessId);
}
