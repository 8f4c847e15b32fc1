using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>Whoever may have to wait in a pool's queue, for as long as its client does.</summary>
internal sealed class Waiter
{
    private IClient _client = null!;
    private WaitTicket? _ticket;

    public void Begin(IClient client) => (_client, _ticket) = (client, null);

    /// <summary>
    /// <see cref="IoResult.Ready"/> when it is its turn, <see cref="IoResult.TimedOut"/>, or <see cref="IoResult.Closed"/> when the client
    /// has left.
    /// </summary>
    public LoopTask<int> WaitAsync(WaitTicket ticket, long deadline)
    {
        if (_client.HasLeft) return new LoopTask<int>(IoResult.Closed);
        _ticket = ticket;
        return ticket.WaitAsync(deadline);
    }

    /// <summary>Ends the wait, if there is one.</summary>
    public void Leave() => _ticket?.End(IoResult.Closed);
}

/// <summary>One wait in a pool's queue.</summary>
internal sealed class WaitTicket(EventLoop loop, bool isChoosy) : LoopDelay(loop)
{
    /// <summary>Not every backend is for it: when it gets none, another may.</summary>
    public bool IsChoosy => isChoosy;
}
