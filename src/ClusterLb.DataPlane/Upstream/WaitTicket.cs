using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>One request's place in a pool's queue. A client that leaves ends its own wait.</summary>
internal sealed class WaitTicket(EventLoop loop) : LoopDelay(loop), IHangupObserver
{
    void IHangupObserver.PeerClosed(Connection connection, bool broken) => End(IoResult.Closed);
}
