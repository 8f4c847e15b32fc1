using System.Net;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Admin;

/// <summary>What load balancers and supervisors of processes ask, on the admin port and on the health port alike.</summary>
internal static class HealthRoutes
{
    public static IEnumerable<ApiRoute> Of(Readiness readiness) =>
    [
        ApiRoute.Text("/livez", "is_alive", "200 while the process lives.", () => Task.FromResult((HttpStatusCode.OK, "alive"))),
        ApiRoute.Text("/readyz", "is_ready", "200 while clients should be sent here; else 503 and one line that says why not.",
            async () => await readiness.WhyNotAsync() is { Length: > 0 } problem
                ? (HttpStatusCode.ServiceUnavailable, problem)
                : (HttpStatusCode.OK, "ready"))
            with
        { Statuses = [HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable] },
    ];
}
