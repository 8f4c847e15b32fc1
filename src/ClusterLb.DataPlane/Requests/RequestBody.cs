using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// The body of the request at hand: how long its client is waited for, how much of it there may be, and whether it is whole in memory, so
/// that the request can be sent again. Never more of it in memory than one buffer. Used on its loop.
/// </summary>
internal sealed class RequestBody(EventLoop loop, HttpSettings settings, IBodyReader content) : IBodyLimits
{
    /// <summary>Bodies up to this many bytes are held whole when the request may be repeated.</summary>
    public const int MaxHeld = 64 * 1024;

    private const long Never = long.MaxValue / 2;

    private readonly BodyPump _pump = new(loop);
    private byte[]? _held;
    private Memory<byte> _whole;
    private long _announced;
    private bool _isCancelled;
    private bool _waitsForClient;
    private BodyPace _pace;

    /// <summary>It is whole in memory, or there is none: the request can be sent again.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>
    /// Its client waits to be asked for it (<c>Expect: 100-continue</c>, RFC 9110 section 10.1.1), and was not asked yet. Nothing of it has
    /// come, so the request can be sent again, and none of the client's clocks runs.
    /// </summary>
    public bool AwaitsGoAhead { get; private set; }

    /// <summary>It is the client's turn: while nothing comes, the backend need not say anything either.</summary>
    public bool AwaitsClient => _waitsForClient && !AwaitsGoAhead;

    /// <summary>Since when its client, who is waited for, is slower than the least rate; <see cref="long.MaxValue"/> = it is not.</summary>
    public long ShortSince => AwaitsClient ? _pace.ShortSince(loop.Now, Received) : long.MaxValue;

    /// <summary>Bytes of content received so far.</summary>
    public long Received { get; private set; }

    /// <summary>Lets go of what is known of the last request's body, before the next one's head is read.</summary>
    public void Forget() => (_announced, Received) = (0, 0);

    /// <param name="request">Of which the content reader has begun to read.</param>
    public void Begin(Request request)
    {
        _isCancelled = false;
        _pace = new BodyPace(settings.Limits.BodyRate);
        _announced = request.Body.Kind == BodyKind.Chunked ? -1 : request.Body.Length;
        Received = 0;
        IsHeld = false;
        AwaitsGoAhead = request.ExpectsContinue && !content.HasBegun;
        if (content.IsPlain && content.AtHand.Length == content.Left) Keep(content.AtHand);
    }

    /// <summary>Small enough, with a length known beforehand, and not held yet.</summary>
    public bool MayBeHeld => !IsHeld && _announced is >= 0 and <= MaxHeld;

    /// <summary>
    /// Receives the whole of a small body before anything is sent, so that an idempotent request with a body can be repeated. A buffer of
    /// its own it gets only once what has come fills the reader's: an announced length alone takes no memory.
    /// </summary>
    public async LoopTask<MessageEnd> HoldAsync()
    {
        var length = (int)_announced;
        for (var have = content.AtHand.Length; have < length;)
        {
            Received = have;
            var ready = await WaitForClientAsync(NextDeadline());
            if (ready != IoResult.Ready) return FromClient(ready);
            if (_held is null && !content.HasRoom)
            {
                _held = loop.BodyBuffers.Rent();
                content.AtHand.CopyTo(_held);
                content.Take(have);
            }

            var end = _held is null
                ? content.Gather(out var count)
                : content.Read(_held.AsSpan(have, length - have), out count);
            if (end is not (MessageEnd.More or MessageEnd.Complete)) return end;
            have += count;
        }

        Keep(_held is null ? content.AtHand : _held.AsMemory(0, length));
        return MessageEnd.Complete;
    }

    /// <summary>Sends it behind the request's head, as fast as the slower side goes.</summary>
    public LoopTask<MessageEnd> PassAsync(IBodyWriter to) => IsHeld ? PassHeldAsync(to) : _pump.RunAsync(content, to, this);

    /// <summary>
    /// Waits until its client begins to send it, asked or not; <see cref="MessageEnd.More"/> then. Until it is asked nothing bounds that
    /// but the backend's own time.
    /// </summary>
    public async LoopTask<MessageEnd> WaitForBeginningAsync()
    {
        _isCancelled = false;
        var ready = await WaitForClientAsync(AwaitsGoAhead ? Never : NextDeadline());
        if (ready != IoResult.Ready) return FromClient(ready);
        AwaitsGoAhead = false;
        return MessageEnd.More;
    }

    /// <summary>The backend has asked for it, and its client was told: its clocks run from now on. False when it had not waited.</summary>
    public bool GoAhead()
    {
        if (!AwaitsGoAhead) return false;
        AwaitsGoAhead = false;
        content.WaitBy(NextDeadline());
        return true;
    }

    /// <summary>Stops receiving; what was under way ends with <see cref="MessageEnd.Cancelled"/>.</summary>
    public void Cancel()
    {
        if (content.IsComplete) return;
        _isCancelled = true;
        content.Cancel();
    }

    /// <summary>Its buffer goes back.</summary>
    public void Release()
    {
        _whole = default;
        if (_held is null) return;
        loop.BodyBuffers.Return(_held);
        _held = null;
    }

    async LoopTask<MessageEnd> IBodyLimits.WaitAsync()
    {
        if (content.MayReceive && !_isCancelled) await loop.Yield();
        if (_isCancelled) return MessageEnd.Cancelled;
        var ready = await WaitForClientAsync(NextDeadline());
        return ready == IoResult.Ready ? MessageEnd.More : FromClient(ready);
    }

    MessageEnd IBodyLimits.Took(long count)
    {
        Received += count;
        return settings.Limits.BodyBytes != 0 && Received > settings.Limits.BodyBytes ? MessageEnd.TooLarge : MessageEnd.More;
    }

    private void Keep(Memory<byte> whole)
    {
        (_whole, Received, IsHeld) = (whole, whole.Length, true);
        if (_held is null) content.Take(whole.Length);
    }

    private async LoopTask<MessageEnd> PassHeldAsync(IBodyWriter to) =>
        MessageEnds.OfReceiver(await to.WriteAsync(BodyPiece.Bare(_whole, isLast: true)));

    /// <summary>Until when the client is waited for. A chunked body may be a stream with long pauses: only its idle time counts.</summary>
    private long NextDeadline()
    {
        var (idle, slow) = (loop.Now + settings.BodyIdle, _pace.Wait(loop.Now, Received));
        return _announced >= 0 ? Math.Min(idle, slow) : idle;
    }

    private async LoopTask<int> WaitForClientAsync(long deadline)
    {
        _waitsForClient = true;
        var ready = await content.WaitAsync(deadline);
        _waitsForClient = false;
        if (!AwaitsGoAhead) _pace.Waited(loop.Now);
        return ready;
    }

    private MessageEnd FromClient(int status) => _isCancelled ? MessageEnd.Cancelled : MessageEnds.OfSender(status);
}
