using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// A request on its way to a backend while its response may already be coming, interim answers first. It knows whose turn it is, so that
/// the clock that runs is the one of the side that is waited for: the listener's for the client, the pool's for the backend. Used on its
/// loop.
/// </summary>
internal sealed class Conversation(EventLoop loop, IDownstream client, IUpstream backend, RequestBody body)
{
    // What interim answers may have in all; and a byte more for every millisecond, so that a sign of life every second is none too many.
    private const int MostInterimBytes = 64 * 1024;

    private const long Never = long.MaxValue / 2;

    private PoolTimes _times = null!;
    private long _beganAt;
    private long _lastDeadline;
    private bool _isBackendsTurn;
    private bool _hasAnswer;

    /// <param name="times">Of the backend's pool.</param>
    public void Begin(PoolTimes times)
    {
        (_times, _beganAt, _hasAnswer) = (times, loop.Now, false);
        StopClock();
    }

    /// <summary>Sends the request. What it has become is decided here; what the response has become, by who reads that.</summary>
    public async LoopTask<MessageEnd> SendAsync(Forwarding forwarding, byte[] upgrade)
    {
        if (!backend.TryBegin(client.Request, forwarding, upgrade)) return Break(MessageEnd.HeadTooLarge);
        var sent = body.AwaitsGoAhead ? await AskAsync() : MessageEnd.More;
        if (sent == MessageEnd.More) sent = await body.PassAsync(backend.Writer);
        // A backend that answers without taking all of the request goes on answering.
        if (sent == MessageEnd.ReceiverTimedOut && _hasAnswer) return MessageEnd.ReceiverGone;
        if (sent is not (MessageEnd.Complete or MessageEnd.ReceiverGone)) return Break(sent);
        // The time for the response counts from the last byte that the backend took.
        StartClock();
        return sent;
    }

    /// <summary>
    /// Reads the final head of the response, and passes interim ones on. <see cref="IoResult.Ready"/>, or as
    /// <see cref="IUpstream.ReadHeadAsync"/> has it.
    /// </summary>
    public async LoopTask<int> ReadResponseAsync()
    {
        while (true)
        {
            var got = await backend.ReadHeadAsync(client.Request.Method);
            if (got != IoResult.Ready) return got;
            _hasAnswer = !backend.Response.IsInterim;
            if (_hasAnswer) return IoResult.Ready;
            if (backend.HeadBytes > MostInterimBytes + loop.Now - _beganAt) return IUpstream.ProtocolError;
            if (IsWanted(backend.Response) && await client.SendInterimAsync(backend.Response) != IoResult.Ready)
            {
                client.Abort();
                return IoResult.Closed;
            }

            // Asked for its body, the client is waited for; else the backend has said that it is at work.
            if (backend.Response.Status == 100 && body.GoAhead()) StopClock();
            else if (_isBackendsTurn) backend.AnswerBy(Math.Min(loop.Now + _times.Response, _lastDeadline));
        }
    }

    /// <summary>100 goes only to a client that asked; the others to whoever speaks HTTP/1.1 (RFC 9110, 15.2).</summary>
    private bool IsWanted(Response interim) =>
        !client.Request.IsHttp10 && (interim.Status != 100 || client.Request.ExpectsContinue);

    /// <summary>
    /// Sends the head of a request whose client waits to be asked for its body. Until that begins to come, the backend has the time of a
    /// response to decide.
    /// </summary>
    private async LoopTask<MessageEnd> AskAsync()
    {
        var sent = MessageEnds.OfReceiver(await backend.Writer.WriteAsync(BodyPiece.Empty));
        if (sent != MessageEnd.Complete) return sent;
        if (body.AwaitsGoAhead) StartClock();
        var begun = await body.WaitForBeginningAsync();
        if (begun == MessageEnd.More) StopClock();
        return begun;
    }

    /// <summary>A request that its client broke, or that its backend did not take, gets no response.</summary>
    private MessageEnd Break(MessageEnd why)
    {
        backend.Abort();
        return why;
    }

    /// <summary>
    /// From now on it is the backend's turn: its time for the response runs, anew with every interim answer, but in all no longer than a
    /// tunnel may be silent.
    /// </summary>
    private void StartClock()
    {
        if (_hasAnswer) return;
        (_isBackendsTurn, _lastDeadline) = (true, loop.Now + _times.Tunnel);
        backend.AnswerBy(loop.Now + _times.Response);
    }

    private void StopClock()
    {
        _isBackendsTurn = false;
        // Once it answers, its body has a time of its own.
        if (!_hasAnswer) backend.AnswerBy(Never);
    }
}
