using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>One request's place in a pool's queue. A client that leaves ends its own wait.</summary>
internal sealed class WaitTicket(EventLoop loop, bool hasTried) : LoopDelay(loop), IHangupObserver
{
    /// <summary>Some backends are not for it any more: when it gets none, another may.</summary>
    public bool HasTried => hasTried;

    void IHangupObserver.PeerClosed(Connection connection, bool broken) => End(IoResult.Closed);
}
