using System.Globalization;
using ClusterLb.ControlPlane.Health;
using ClusterLb.DataPlane;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Admin;

/// <summary>
/// Whether clients should be sent here: the node wants them, each of its event loops answers, and somebody looks after its backends, the
/// monitor or this node's own checks. Asks a loop once at a time, however often it is asked itself. Any thread.
/// </summary>
internal sealed class Readiness(NodeState node, DataPlaneHost dataPlane, HealthMemory health, TimeProvider time)
{
    /// <summary>A loop turns many times a millisecond.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// An ActorSystem that ends is followed by another one within this; only one that does not come up, or hangs, is silent for longer.
    /// </summary>
    private static readonly TimeSpan s_unwatched = TimeSpan.FromSeconds(20);

    /// <returns>Empty when it is ready; else one line that says what is not.</returns>
    public async Task<string> WhyNotAsync()
    {
        if (node.Phase != NodePhase.Ready) return node.Word;
        var silent = await dataPlane.FindSilentLoopsAsync(s_patience, time);
        var problems = silent.Select(loop =>
            string.Create(CultureInfo.InvariantCulture, $"{loop} has not answered for {s_patience.TotalSeconds:0} s"));
        var unwatched = health.Unwatched;
        if (unwatched > s_unwatched)
        {
            problems = problems.Append(
                string.Create(CultureInfo.InvariantCulture,
                    $"the control plane has not looked after backends for {unwatched.TotalSeconds:0} s"));
        }

        return string.Join("; ", problems);
    }
}
