using Akka.Actor;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// How nodes come to know the same whatever was lost on its way: whoever reports another digest than this node's is told everything this
/// node knows; what this node lacks it is told by the same rule (decision 0028). For one actor.
/// </summary>
/// <param name="peers">Where whoever reports is told.</param>
/// <param name="differs">Whether a node that reports so knows something else; not when either of the two does not say.</param>
/// <param name="everything">What this node knows, in messages that fit a frame.</param>
internal sealed class Retelling(IPeers peers, Func<NodeReport, bool> differs, Func<IEnumerable<IClusterMessage>> everything)
{
    /// <param name="report">Of a node.</param>
    /// <param name="reporter">Who sent it.</param>
    /// <param name="self">The actor.</param>
    public void Compare(NodeReport report, IActorRef reporter, IActorRef self)
    {
        if (!differs(report)) return;
        var agent = peers.AgentBeside(reporter);
        foreach (var message in everything()) agent.Tell(message, self);
    }
}
