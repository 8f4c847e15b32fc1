using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>One way to ask a backend whether it is well. Stateless.</summary>
internal interface IProbe
{
    /// <summary>
    /// Asks once; null = nothing was learnt, for a reason of this node's own. What goes wrong is a failed result, never an exception.
    /// </summary>
    /// <param name="endPoint">The backend's.</param>
    /// <param name="config">Of its pool.</param>
    /// <param name="cancellation">Nobody waits for it any more; a probe may as well run on to its timeout.</param>
    Task<CheckResult?> ProbeAsync(IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation);
}
