using ClusterLb.ControlPlane.Commands;

namespace ClusterLb.Node.Admin;

/// <summary>One node as another sees it.</summary>
/// <param name="Name">Its address while it has not been heard.</param>
/// <param name="Address">Of its remoting; empty while there is none.</param>
/// <param name="Status"><c>up</c>, <c>joining</c>, <c>leaving</c> and so on, or <c>alone</c>.</param>
/// <param name="IsReachable">To the cluster's failure detector.</param>
/// <param name="IsMonitor">The health monitor is to run there.</param>
/// <param name="IsStale">It hears no monitor.</param>
/// <param name="Phase"><c>starting</c>, <c>ready</c> or <c>draining</c>; empty, like all that follows, while it has not been heard.</param>
/// <param name="UptimeSeconds">Since its start.</param>
/// <param name="Fingerprint">Of its configuration.</param>
/// <param name="RequestsPerSecond">Over the last second or so.</param>
/// <param name="Verdicts">The version of the verdicts that it goes by.</param>
internal sealed record NodeStatus(
    string Name,
    string Address,
    string Status,
    bool IsReachable,
    bool IsMonitor,
    bool IsStale,
    string Phase,
    double UptimeSeconds,
    string Fingerprint,
    int EventLoops,
    long ActiveConnections,
    double RequestsPerSecond,
    string Verdicts)
{
    public static NodeStatus Of(NodeView node)
    {
        var status = new NodeStatus(node.Name, node.Address, node.Status, node.IsReachable, node.IsMonitor, node.IsStale, "", 0, "", 0, 0,
            0, "");
        return node.Facts is not { } facts
            ? status
            : status with
            {
                Phase = facts.Phase,
                UptimeSeconds = Math.Round(facts.UptimeMilliseconds / 1000.0, 1),
                Fingerprint = facts.Fingerprint,
                EventLoops = facts.EventLoops,
                ActiveConnections = facts.ActiveConnections,
                RequestsPerSecond = facts.RequestsPerSecond,
                Verdicts = $"{node.Term}.{node.Sequence}",
            };
    }
}
