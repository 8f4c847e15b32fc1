using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Tcp;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// One try of a request at one backend: connection, request out, response head in, response through, connection back to the pool.
/// </summary>
/// <param name="record">What is logged of it.</param>
/// <param name="inputIsDone">Called when nobody will read the client's buffer any more, though the exchange goes on.</param>
internal sealed class UpstreamExchange(
    HttpProtocol protocol, RequestHead request, RequestBody body, RequestSession session, Forwarding forwarding, RequestRecord record,
        Action inputIsDone)
{
    private readonly Worker _worker = protocol.Worker;
    private readonly HttpSettings _settings = protocol.Settings;
    private readonly EventLoop _loop = protocol.Worker.Loop;
    private readonly ResponseReader _reader = new(protocol.Worker.Loop, protocol.Settings);
    private RequestSender? _sender;
    private ResponseSender? _response;
    private Connection _client = null!;
    private LoopPool _pool = null!;
    private Backend _backend = null!;
    private Connection? _upstream;
    private byte[]? _input;
    private bool _reused;
    private bool _isUnderWay;
    private bool _isCut;
    private bool _hasAnswer;

    /// <summary>What the attempt has become when its backend agreed to another protocol; else null.</summary>
    public Tunnel? Tunnel { get; private set; }

    /// <summary>What to answer a client that broke its own request; 0 = it did not.</summary>
    public int ClientFault { get; private set; }

    private bool ClientIsGone => _client.IsBroken || _client.IsClosed;

    /// <summary>The client is gone or the drain is over: whatever waits for the backend ends.</summary>
    public void Abort() => _upstream?.Abort();

    public void Begin(Connection client, LoopPool pool, Backend backend)
    {
        (_client, _pool, _backend) = (client, pool, backend);
        (_isUnderWay, _isCut, _hasAnswer, ClientFault) = (true, false, false, 0);
    }

    /// <summary>The attempt is over; its backend has nothing to do with the client any more.</summary>
    public void End() => (_isUnderWay, Tunnel) = (false, null);

    /// <summary>
    /// Ends the attempt if it is on this backend, whose drain's time is up; a client that has no byte of an answer yet may still be helped.
    /// False when it is not.
    /// </summary>
    public bool Cut(Backend backend)
    {
        if (!_isUnderWay || _isCut || !_backend.IsSameServerAs(backend)) return false;
        _isCut = true;
        _upstream?.Leave();
        if (_hasAnswer) CutShort();
        return true;
    }

    /// <summary>Takes an idle connection or makes one. Null = there is one; else how the attempt ended without.</summary>
    public async LoopTask<Attempt?> ConnectAsync(bool mayReuse)
    {
        _upstream = mayReuse ? TakeIdle() : null;
        _reused = _upstream is not null;
        if (_upstream is null)
        {
            var connected = await _pool.ConnectAsync(_backend);
            if (connected.Connection is null) return Failed(UpstreamFailure.OfConnect(connected.Status));
            _upstream = connected.Connection;
        }

        record.Connected();
        if (!ClientIsGone && !_isCut) return null;
        _upstream.Close();
        _upstream = null;
        // It left while it waited for a backend or for this connection: nobody wants the answer.
        return ClientIsGone ? ClientLeft(Stage.Connect) : CutOff(Stage.Connect);
    }

    /// <summary>Sends the request on the connection made, and passes the response on.</summary>
    public async LoopTask<Attempt> ExchangeAsync(byte[] input)
    {
        var upstream = _upstream!;
        _input = input;
        var upgrade = _settings.ChooseUpgrade(request, input);
        try
        {
            _reader.Begin(_pool.Times);
            _sender ??= new RequestSender(_loop, request, body, forwarding, _reader);
            var sending = _sender.SendAsync(upstream, input, upgrade, _pool.Times, _pool.CountersOf(_backend));
            var got = await _reader.ReadAsync(upstream, _client, request, body);
            var relayed = ResponseEnd.NotStarted;
            var isSwitch = got == IoResult.Ready && _reader.Head.Status == 101;
            if (isSwitch && !IsAskedFor(upgrade)) got = ResponseReader.ProtocolError;
            else if (isSwitch) relayed = await TunnelAsync(upstream, input, upgrade);
            else if (got == IoResult.Ready) relayed = await RelayAsync(upstream);
            if (relayed == ResponseEnd.HeadTooLarge) (got, relayed) = (ResponseReader.HeadTooLarge, ResponseEnd.NotStarted);
            if (_isCut && relayed is not (ResponseEnd.NotStarted or ResponseEnd.Complete)) relayed = ResponseEnd.Cut;

            // Whatever of the request is still on its way has lost its purpose.
            if (!sending.IsCompleted)
            {
                upstream.Close();
                body.Cancel();
            }

            var sent = await sending;
            return relayed == ResponseEnd.NotStarted ? Failed(upstream, got, sent) : Answered(upstream, input, relayed, sent);
        }
        catch
        {
            // A bug; what is on its way must not outlive the buffers it is sent from.
            upstream.Abort();
            body.Cancel();
            throw;
        }
        finally
        {
            _reader.Release();
            (_upstream, _input) = (null, null);
        }
    }

    private Connection? TakeIdle()
    {
        // What could not be repeated must not be lost to a connection that its backend has just closed.
        var connection = _pool.Idle.Take(_backend);
        if (connection is null || (request.IsIdempotent && body.IsHeld) || connection.IsQuietNow()) return connection;
        connection.Close();
        return null;
    }

    /// <summary>A backend may switch only to what the client offered and this listener allows (RFC 9110 section 7.8).</summary>
    private bool IsAskedFor(byte[] upgrade) =>
        upgrade.Length > 0 && Grammar.EqualsIgnoreCase(_reader.Head.UpgradeProtocol.Of(_reader.Buffered.Span), upgrade);

    private async LoopTask<ResponseEnd> RelayAsync(Connection upstream)
    {
        var head = _reader.Head;
        record.Responded();
        record.Status = head.Status;
        _pool.CountersOf(_backend).AnsweredAt = _loop.Now;
        if (_pool.NeedsResponseTimes) PeakEwma.Observe(_backend.Load, record.ElapsedMicroseconds, _loop.Now);
        _hasAnswer = true;
        if (session.Learns) await session.LearnAsync(head.Headers, _reader.Buffered, _backend);
        _response ??= new ResponseSender(_loop, _settings, _reader, body, protocol.Date);
        var status = await _response.RunAsync(_client, upstream, _pool.Times.Idle, FormOf(head));
        record.BytesOut += _response.BytesSent;
        return status;
    }

    /// <summary>A body whose end the client cannot see otherwise is chunked, or for HTTP/1.0 ends with the connection.</summary>
    private ResponseForm FormOf(ResponseHead head)
    {
        var framing = head.Body.Kind is not (BodyKind.Chunked or BodyKind.UntilClose) ? head.Body
            : request.IsHttp10 ? BodyFraming.UntilClose : BodyFraming.Chunked;
        record.KeepsAlive = request.KeepAlive && !_worker.IsDraining && body.IsComplete && framing.Kind != BodyKind.UntilClose;
        var isKept = session.OwesCookie
            && SharedCaching.MayKeep(head.Status, head.Headers, _reader.Buffered.Span, _worker.Sessions.NowSeconds);
        var cookie = session.CookieFor(_backend, isKept);
        return new ResponseForm(framing, Close: !record.KeepsAlive, ToHttp10: request.IsHttp10, request.AcceptsTrailers, SetCookie: cookie,
            IsPrivate: isKept && !cookie.IsEmpty);
    }

    /// <summary>
    /// The backend agreed to another protocol: from here on bytes are bytes. Only now may what the client sent early go up.
    /// </summary>
    private async LoopTask<ResponseEnd> TunnelAsync(Connection upstream, byte[] input, byte[] upgrade)
    {
        record.Status = 101;
        _pool.CountersOf(_backend).AnsweredAt = _loop.Now;
        _hasAnswer = true;
        if (session.Learns) await session.LearnAsync(_reader.Head.Headers, _reader.Buffered, _backend);
        var form = new ResponseForm(BodyFraming.None, Close: false, ToHttp10: false, Upgrade: upgrade,
            SetCookie: session.CookieFor(_backend, isKept: false));
        var output = _loop.HeadBuffers.Rent();
        try
        {
            var length = ResponseHeadWriter.Write(output, _reader.Buffered.Span, _reader.Head, form);
            if (length < 0) return ResponseEnd.HeadTooLarge;
            var early = input.AsMemory(body.Start, body.End - body.Start);
            var first = _reader.Buffered[_reader.Head.Length..];
            var sent = await _client.SendAsync(output.AsMemory(0, length), first, _loop.Now + _settings.BodyIdle);
            if (sent != IoResult.Ready) return ResponseEnd.ClientBroke;
            if (await upstream.SendAsync(early, _loop.Now + _pool.Times.Idle) != IoResult.Ready) return ResponseEnd.UpstreamBroke;
        }
        finally
        {
            _loop.HeadBuffers.Return(output);
        }

        // A tunnel may last for hours and mostly idles: of buffers it holds none then.
        _reader.Release();
        inputIsDone();
        Tunnel = new Tunnel(_client, upstream, _pool.Times.Tunnel);
        await Tunnel.RunAsync();
        record.BytesOut += Tunnel.BytesToClient;
        return _isCut ? ResponseEnd.Cut : ResponseEnd.Complete;
    }

    private Attempt Answered(Connection upstream, byte[] input, ResponseEnd relayed, BodyResult sent)
    {
        if (IsClientsDoing(relayed, sent)) relayed = ResponseEnd.ClientBroke;
        var counters = _pool.CountersOf(_backend);
        counters.Statuses.Add(record.Status);
        counters.Latency.Record(record.ElapsedMicroseconds);
        counters.BytesReceived += record.BytesOut;
        var outcome = ExchangeEnds.OutcomeOf(relayed, _pool.IsFailureStatus(record.Status));
        (record.EndedBy, record.Reason) = ExchangeEnds.Told(relayed);
        var isWhole = relayed == ResponseEnd.Complete;
        // A tunnel has closed it already.
        var mayReuse = isWhole && sent == BodyResult.Sent && !upstream.IsClosed && _reader.Head.KeepAlive && !_response!.HasSurplus;
        if (mayReuse && !_worker.IsDraining && !IsLoggedInOn(input)) _pool.Idle.Put(_backend, upstream);
        else upstream.Close();
        if (relayed is ResponseEnd.UpstreamBroke or ResponseEnd.UpstreamTimedOut or ResponseEnd.ClientBroke) CutShort();
        record.KeepsAlive &= isWhole;
        return Over(outcome);
    }

    /// <summary>A client that resets, or breaks its own request, has its backend connection aborted under the relay.</summary>
    private bool IsClientsDoing(ResponseEnd relayed, BodyResult sent) =>
        relayed == ResponseEnd.UpstreamBroke && (ClientIsGone || ExchangeEnds.ClientFault(sent) != 0);

    private bool IsLoggedInOn(byte[] input) =>
        ConnectionAuthentication.IsInvolved(request.Headers, input, _reader.Head.Headers, _reader.Buffered.Span);

    /// <summary>
    /// The client must see that its response is not whole: a missing last chunk or missing bytes say so, a bare close does not.
    /// </summary>
    private void CutShort()
    {
        if (request.IsHttp10) _client.Abort();
        else _client.Leave();
    }

    private Attempt Failed(Connection upstream, int got, BodyResult sent)
    {
        upstream.Close();
        if (ClientIsGone) return ClientLeft(Stage.ResponseHead);
        ClientFault = ExchangeEnds.ClientFault(sent);
        if (ClientFault != 0) return Over(UpstreamFailure.Cancelled(Stage.SendRequest));
        if (_isCut) return CutOff(Stage.ResponseHead);
        var outcome = ExchangeEnds.OutcomeOf(got, sent, _reader.SawResponse);
        var wasStale = _reused && outcome.Retry == Retryability.IfIdempotent && outcome.Kind is OutcomeKind.Reset or OutcomeKind.Closed;
        return Failed(outcome) with { WasStale = wasStale };
    }

    private Attempt ClientLeft(Stage stage)
    {
        record.Left("client left before the response");
        return Over(UpstreamFailure.Cancelled(stage));
    }

    private Attempt CutOff(Stage stage) => Failed(UpstreamFailure.Cut(stage, gotResponse: stage != Stage.Connect && _reader.SawResponse));

    private Attempt Failed(in Outcome outcome) =>
        new(outcome, WitnessOf(outcome)) { MayRepeat = request.IsIdempotent && (body.IsHeld || body.AwaitsGoAhead) };

    private Attempt Over(in Outcome outcome) => new(outcome, WitnessOf(outcome)) { IsOver = true };

    /// <summary>Whom a failure is counted by: behind a trusted proxy the client that it names. A tunnel has given its head back.</summary>
    private ulong WitnessOf(in Outcome outcome) =>
        outcome.IsSuccess || !forwarding.TrustsClient || _input is null || record.Status == 101
            ? _client.Peer.Owner
            : ClientName.BehindProxy(request.Headers, _input, _client.Peer);
}
