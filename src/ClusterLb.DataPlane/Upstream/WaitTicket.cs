using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>One request's place in a pool's queue. A client that leaves ends its own wait.</summary>
internal sealed class WaitTicket(EventLoop loop, bool isChoosy) : LoopDelay(loop), IHangupObserver
{
    /// <summary>Not every backend is for it: when it gets none, another may.</summary>
    public bool IsChoosy => isChoosy;

    void IHangupObserver.PeerClosed(Connection connection, bool broken) => End(IoResult.Closed);
}
