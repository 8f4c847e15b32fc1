using System.ComponentModel;
using ClusterLb.ControlPlane.Commands;

namespace ClusterLb.Node.Admin;

/// <summary>One node as another sees it.</summary>
internal sealed record NodeStatus(
    [Description("Of the node; its address while it has not been heard.")] string Name,
    [Description("Of its remoting; empty while there is none.")] string Address,
    [Description("In the cluster: joining, weaklyup, up, leaving, exiting or down; removed or alone = in none.")] string Status,
    [Description("To the cluster's failure detector.")] bool IsReachable,
    [Description("The health monitor is to run there.")] bool IsMonitor,
    [Description("It hears no monitor.")] bool IsStale,
    [Description("starting, ready or draining; empty, like all that follows, while it has not been heard.")] string Phase,
    [Description("Since its process began, in seconds.")] double UptimeSeconds,
    [Description("Of its configuration: 12 hexadecimal digits.")] string Fingerprint,
    [Description("How many event loops it serves with.")] int EventLoops,
    [Description("Client connections open now.")] long ActiveConnections,
    [Description("Over the last second or so; a TCP connection counts as a request.")] double RequestsPerSecond,
    [Description("The version of the verdicts that it goes by: term and sequence.")] string Verdicts,
    [Description("Of its program, such as 0.1.0; empty also when it is of a release that does not say.")] string Version)
{
    [Description("The last reload of all nodes that it followed: a number that grows; 0 = none since the cluster began.")]
    public long Epoch { get; init; }

    public static NodeStatus Of(NodeView node)
    {
        var status = new NodeStatus(node.Name, node.Address, node.Status, node.IsReachable, node.IsMonitor, node.IsStale, "", 0, "", 0, 0,
            0, "", "");
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
                Version = facts.Version,
                Epoch = facts.Epoch?.Number ?? 0,
            };
    }
}
