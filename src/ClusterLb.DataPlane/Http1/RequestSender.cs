using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// A request on its way to a backend, while its response may already be coming. It knows whose turn it is, so that the clock that runs is
/// the one of the side that is waited for: the listener's for the client, the pool's for the backend.
/// </summary>
/// <param name="reader">Of its response.</param>
internal sealed class RequestSender(EventLoop loop, RequestHead request, RequestBody body, Forwarding forwarding, ResponseReader reader)
{
    public async LoopTask<BodyResult> SendAsync(Connection upstream, byte[] input, byte[] upgrade, PoolTimes times,
        BackendCounters counters)
    {
        var output = loop.HeadBuffers.Rent();
        try
        {
            var length = RequestHeadWriter.Write(output, input, request, forwarding, upgrade);
            if (length < 0) return Break(upstream, BodyResult.HeadTooLarge);
            ReadOnlyMemory<byte> head = output.AsMemory(0, length);
            var sent = BodyResult.Sent;
            if (body.AwaitsGoAhead) (sent, head) = (await AskAsync(upstream, head, times), default);
            if (sent == BodyResult.Sent) sent = await body.SendAsync(upstream, head, times.Idle);
            counters.BytesSent += length + body.Received;
            // A backend that answers without taking all of the request goes on answering.
            if (sent == BodyResult.UpstreamTimedOut && reader.IsFinal) return BodyResult.UpstreamFailed;
            if (sent is not (BodyResult.Sent or BodyResult.UpstreamFailed)) return Break(upstream, sent);
            // The time for the response counts from the last byte that the backend took.
            reader.StartClock(upstream);
            return sent;
        }
        finally
        {
            loop.HeadBuffers.Return(output);
        }
    }

    /// <summary>
    /// Sends the head of a request whose client waits to be asked for its body. Until that begins to come, the backend has the time of a
    /// response to decide.
    /// </summary>
    private async LoopTask<BodyResult> AskAsync(Connection upstream, ReadOnlyMemory<byte> head, PoolTimes times)
    {
        var sent = BodyResults.OfUpstream(await upstream.SendAsync(head, loop.Now + times.Idle));
        if (sent != BodyResult.Sent) return sent;
        if (body.AwaitsGoAhead) reader.StartClock(upstream);
        var begun = await body.WaitForBeginningAsync();
        if (begun == BodyResult.Sent) reader.StopClock();
        return begun;
    }

    /// <summary>A request that its client broke, or that its backend did not take, gets no response.</summary>
    private static BodyResult Break(Connection upstream, BodyResult why)
    {
        upstream.Abort();
        return why;
    }
}
