using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>One way to ask a backend whether it is well. Stateless.</summary>
internal interface IProbe
{
    /// <summary>Asks once. What goes wrong is a failed result, never an exception but for the cancellation.</summary>
    /// <param name="endPoint">The backend's.</param>
    /// <param name="config">Of its pool.</param>
    /// <param name="cancellation">Ends the probe at its timeout or when nobody waits for it any more.</param>
    Task<CheckResult> ProbeAsync(IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation);
}
