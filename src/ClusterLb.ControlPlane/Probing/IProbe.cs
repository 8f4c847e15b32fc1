using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>
/// One kind of check: how a backend is asked whether it is well. All that is known of the kind is in its file. Stateless; any thread.
/// </summary>
public interface IProbe
{
    /// <summary>As in <c>health.type</c>.</summary>
    string Type { get; }

    /// <summary>Reads its own keys of a pool's <c>health</c> block; the others there are not its business.</summary>
    ProbeOptions Read(IConfigurationBlock health);

    /// <summary>
    /// Asks once; null = nothing was learnt, for a reason of this node's own. What goes wrong is a failed result, never an exception.
    /// </summary>
    /// <param name="config">Of its pool; <see cref="HealthConfig.Probe"/> is what <see cref="Read"/> made.</param>
    /// <param name="cancellation">Nobody waits for it any more; a probe may as well run on to its timeout.</param>
    Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation);
}

/// <param name="Transport">A connection for one conversation.</param>
/// <param name="Time">For those that do not go by <see cref="Transport"/>.</param>
public sealed record ProbePorts(IProbeTransport Transport, TimeProvider Time)
{
    /// <summary>Has a conversation; what keeps it from a result is told in an operator's words. Null = nothing was learnt.</summary>
    public async Task<CheckResult?> AskAsync(ProbeTarget target, IProbeTalk talk, HealthConfig config)
    {
        var reply = await Transport.AskAsync(target.EndPoint, talk, config.Timeout).ConfigureAwait(false);
        return reply.End == ProbeEnd.Answered ? reply.Result : ProbeFailures.Of(reply.End, config);
    }
}
