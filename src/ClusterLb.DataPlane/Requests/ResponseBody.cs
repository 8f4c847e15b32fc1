using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>The body of the response at hand: how long its backend may be silent. Used on its loop.</summary>
/// <param name="request">While its client is waited for, the backend may be silent.</param>
internal sealed class ResponseBody(EventLoop loop, IBodyReader content, RequestBody request) : IBodyLimits
{
    private readonly BodyPump _pump = new(loop);
    private long _idle;

    /// <summary>Sends it behind the response's head, as fast as the slower side goes.</summary>
    /// <param name="idle">Milliseconds the backend may be silent in the middle of it.</param>
    public LoopTask<MessageEnd> PassAsync(IBodyWriter to, long idle)
    {
        _idle = idle;
        return _pump.RunAsync(content, to, this);
    }

    async LoopTask<MessageEnd> IBodyLimits.WaitAsync()
    {
        if (content.MayReceive) await loop.Yield();
        int ready;
        do ready = await content.WaitAsync(loop.Now + _idle);
        // A backend that waits for the rest of the request may be silent: it is the client's clock that runs then.
        while (ready == IoResult.TimedOut && request.AwaitsClient);
        return MessageEnds.OfSender(ready);
    }

    MessageEnd IBodyLimits.Took(long count) => MessageEnd.More;
}
