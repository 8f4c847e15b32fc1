using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Tcp;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// One request from its head to its record, whatever version of HTTP either side speaks: route, session, backends within the retry rules,
/// response. Used again and again by one client's side; on its loop.
/// </summary>
internal sealed class Exchange
{
    private readonly ExchangeServices _services;
    private readonly HttpSettings _settings;
    private readonly IDownstream _client;
    private readonly IUpstream _upstream;
    private readonly RequestBody _body;
    private readonly ResponseBody _responseBody;
    private readonly Conversation _conversation;
    private readonly Forwarding _forwarding;
    private readonly RequestSession _session;
    private readonly Dispatch _dispatch;
    private readonly RequestRecord _record = new();

    // Of the try under way; null = none is.
    private Backend? _backend;
    private Tunnel? _tunnel;
    private bool _isCut;
    private bool _isWhole;
    private bool _isClean;
    private int _clientFault;

    public Exchange(ExchangeServices services, IDownstream client, IUpstream upstream)
    {
        var loop = services.Worker.Loop;
        (_services, _settings, _client, _upstream) = (services, services.Settings, client, upstream);
        _body = new RequestBody(loop, _settings, client.Content);
        _responseBody = new ResponseBody(loop, upstream.Content, _body);
        _conversation = new Conversation(loop, client, upstream, _body);
        _forwarding = new Forwarding(_settings.SendForwarded) { DefaultAuthority = _settings.OwnAuthority };
        _session = new RequestSession(services.Worker.Sessions);
        _dispatch = new Dispatch(services.Worker.Pools, _session, _record);
    }

    private LoopPool Pool => _dispatch.Pool;

    /// <summary>Since when the client trickles its body, or its tunnel stands still; <see cref="long.MaxValue"/> = neither.</summary>
    public long StallsFrom => _tunnel?.StallsFrom ?? _body.ShortSince;

    /// <summary>There is a client: its requests follow.</summary>
    public void Accept() => _forwarding.SetClient(_client.Peer, _settings.Trusts(_client.Peer));

    /// <summary>The client's next request is awaited, or has begun to come.</summary>
    public void Begin()
    {
        _body.Forget();
        _record.Begin();
    }

    /// <summary>Serves the request whose head was read. Always true.</summary>
    public LoopTask<bool> ServeAsync()
    {
        var (request, routes) = (_client.Request, _services.Routes.Read());
        _body.Begin(request);
        if (Refusal.Of(request, _settings, routes) is { } refusal) return RefuseAsync(refusal);
        var route = MatchedRoute.None;
        var pool = routes?.Match(new RouteRequest(request, _settings.OwnAuthority), out route);
        _record.Takes(route.Name, routes is null ? null : _services.Traffic.Routes.Of(routes.Series, route));
        return pool is null ? RefuseAsync(new Refusal(404, "no route", IsLast: false)) : ForwardAsync(_services.Worker.Pools.Of(pool));
    }

    /// <summary>Answers by itself, and says why in the log. Always true.</summary>
    public async LoopTask<bool> RefuseAsync(Refusal refusal)
    {
        _services.Traffic.OwnAnswers.Add(refusal.Status);
        _record.Refused(refusal.Status, refusal.Reason);
        var sent = await _client.AnswerAsync(refusal.Status, refusal.IsLast);
        if (sent > 0) _record.ResponseBytes += sent;
        return true;
    }

    /// <summary>The client is gone, or wants no answer. Always true.</summary>
    public bool Leave(string reason)
    {
        _record.Left(reason);
        return true;
    }

    /// <summary>A bug; whoever caught its request is to find it in the log.</summary>
    public void Fail() => _record.Refused(500, "a bug in the data plane");

    /// <summary>Whatever became of the request: it is counted and logged.</summary>
    public void End()
    {
        _body.Release();
        if (_record.Status == 0) return;
        (_record.RequestBytes, _record.ResponseHeadBytes) = (_client.HeadBytes + _body.Received, _client.ResponseHeadBytes);
        _services.Traffic.Ended(_record);
        if (_services.Worker.AccessLog is not { } log) return;
        log.Write(_record, _services.Listener, _client.Peer, _client.AskedBy(_forwarding.TrustsClient));
    }

    /// <summary>Ends what is under way, for a drain whose time is up.</summary>
    public void Abandon() => _upstream.Abort();

    /// <summary>Nothing more comes from the client.</summary>
    /// <param name="broken">It reset; one that only ended its sending still wants its answer, unless it has yet to get a backend.</param>
    public void ClientLeft(bool broken)
    {
        _dispatch.ClientLeft();
        if (broken && _tunnel is null) _upstream.Abort();
    }

    /// <summary>
    /// Ends the try under way if it is on this backend, whose drain's time is up; a client that has no byte of an answer yet may still be
    /// helped. False when it is not.
    /// </summary>
    public bool Cut(Backend backend)
    {
        if (_backend is null || _isCut || !_backend.IsSameServerAs(backend)) return false;
        _isCut = true;
        _upstream.Leave();
        if (_record.Status != 0) _client.CutShort();
        return true;
    }

    private async LoopTask<bool> ForwardAsync(LoopPool pool)
    {
        var request = _client.Request;
        _record.Pool = pool.Pool.Name;
        _forwarding.Via = _settings.Via?.Of(pool.Pool);
        if (ViaChain.FindLoop(request.Headers, _forwarding.Via) is { } loop) return await RefuseAsync(new Refusal(508, loop));
        _dispatch.Begin(pool, new RouteRequest(request, _settings.OwnAuthority).KeyFor(pool, _client.Peer), _client);
        try
        {
            var isSecure = pool.Sticky is not null && _forwarding.IsSecure(request.Headers);
            if (!_session.TryFind(pool.Sticky, request, _client.Peer, _forwarding.TrustsClient, isSecure)) await _session.SettleAsync();
            _forwarding.StrippedCookie = pool.Sticky?.Stripped ?? [];
            _record.Decision = _session.Decision ?? (pool.Pool.FailOpen ? "fail-open" : pool.Pool.Config.Balance);
            if (request.IsIdempotent && _body.MayBeHeld && !request.ExpectsContinue)
            {
                var fault = ExchangeEnds.ClientFault(await _body.HoldAsync());
                if (fault != 0) return await RefuseAsync(new Refusal(fault, "request body"));
            }

            while (await _dispatch.NextAsync() is { } backend)
            {
                if (_dispatch.Conclude(await TryAsync(backend))) continue;
                if (_clientFault != 0) return await RefuseAsync(new Refusal(_clientFault, "client broke its request"));
                return await _client.FinishAsync(_isWhole);
            }

            if (_dispatch.HasClientLeft) return Leave(_dispatch.Reason);
            var status = ExchangeEnds.StatusOf(_dispatch.Failure);
            return await RefuseAsync(new Refusal(status, _dispatch.Reason, IsLast: !_client.Content.IsComplete));
        }
        finally
        {
            _dispatch.End();
        }
    }

    private async LoopTask<Attempt> TryAsync(Backend backend)
    {
        (_backend, _isCut, _isWhole, _isClean, _clientFault) = (backend, false, false, false, 0);
        try
        {
            var mayRepeat = _client.Request.IsIdempotent && _body.IsHeld;
            _record.Connects();
            var opened = await _upstream.OpenAsync(Pool, backend, _dispatch.MayReuse, mayRepeat);
            if (opened != IoResult.Ready || !_upstream.IsReused) _record.Connected();
            if (opened != IoResult.Ready) return Failed(UpstreamFailure.OfConnect(opened));
            // It left while it waited for a backend or for this connection: nobody wants the answer.
            if (_client.IsGone) return ClientLeft(Stage.Connect);
            return _isCut ? CutOff(Stage.Connect) : await ConverseAsync(backend);
        }
        catch
        {
            // A bug; what is on its way must not outlive the buffers it is sent from.
            _upstream.Abort();
            _body.Cancel();
            throw;
        }
        finally
        {
            Pool.CountersFor(backend).BytesSent += _upstream.Writer.BytesWritten;
            _upstream.End(_isClean);
            (_backend, _tunnel) = (null, null);
        }
    }

    /// <summary>Sends the request, and passes the response on.</summary>
    private async LoopTask<Attempt> ConverseAsync(Backend backend)
    {
        var upgrade = _client.Request.ChooseUpgrade(_settings.Upgrades);
        _conversation.Begin(Pool.Times);
        var sending = _conversation.SendAsync(_forwarding, upgrade);
        var got = await _conversation.ReadResponseAsync();
        var passed = MessageEnd.NotStarted;
        if (got == IoResult.Ready && !_upstream.Response.MayAnswer(upgrade)) got = IUpstream.ProtocolError;
        else if (got == IoResult.Ready) passed = await PassAsync(backend, upgrade);
        if (passed == MessageEnd.HeadTooLarge) (got, passed) = (IUpstream.HeadTooLarge, MessageEnd.NotStarted);
        if (_isCut && passed is not (MessageEnd.NotStarted or MessageEnd.Complete)) passed = MessageEnd.Cut;

        // Whatever of the request is still on its way has lost its purpose.
        if (!sending.IsCompleted)
        {
            _upstream.Close();
            _body.Cancel();
        }

        var sent = await sending;
        return passed == MessageEnd.NotStarted ? Failed(got, sent) : Answered(backend, passed, sent);
    }

    private async LoopTask<MessageEnd> PassAsync(Backend backend, byte[] upgrade)
    {
        var response = _upstream.Response;
        var isSwitch = response.Status == 101;
        _record.Responded(response.Status);
        Pool.CountersFor(backend).AnsweredAt = Pool.Loop.Now;
        if (!isSwitch) Pool.ObserveTime(backend, _record.BackendMicroseconds);
        if (_session.Learns) await _session.LearnAsync(response, backend);
        var cookie = _session.CookieFor(response, backend, out var isPrivate);
        var edits = new ResponseEdits(cookie, isPrivate, isSwitch ? upgrade : default);
        if (!_client.TryBegin(response, edits)) return MessageEnd.HeadTooLarge;
        var end = isSwitch ? await TunnelAsync() : await _responseBody.PassAsync(_client.Writer, Pool.Times.Idle);
        // Its very first piece was malformed: the client can still be told.
        if (_client.Writer.HoldsHead) return MessageEnd.NotStarted;
        _record.ResponseBytes += _client.Writer.BytesWritten;
        return end;
    }

    /// <summary>
    /// The backend agreed to another protocol: from here on bytes are bytes. Only now may what the client sent early go up.
    /// </summary>
    private async LoopTask<MessageEnd> TunnelAsync()
    {
        var first = BodyPiece.Bare(_upstream.Unread, isLast: true);
        if (await _client.Writer.WriteAsync(first) != IoResult.Ready) return MessageEnd.ReceiverGone;
        var early = BodyPiece.Bare(_client.Unread, isLast: true);
        if (await _upstream.Writer.WriteAsync(early) != IoResult.Ready) return MessageEnd.SenderGone;
        // It may last for hours and mostly idles: of buffers it holds none then.
        _tunnel = new Tunnel(_client.Switch(), _upstream.Switch(), Pool.Times.Tunnel);
        await _tunnel.RunAsync();
        _record.ResponseBytes += _tunnel.BytesToClient;
        return _isCut ? MessageEnd.Cut : MessageEnd.Complete;
    }

    private Attempt Answered(Backend backend, MessageEnd passed, MessageEnd sent)
    {
        // A client that resets, or breaks its own request, has its backend's connection aborted under the response.
        if (passed is MessageEnd.SenderGone or MessageEnd.Malformed && (_client.IsGone || ExchangeEnds.ClientFault(sent) != 0))
            passed = MessageEnd.ReceiverGone;
        Pool.CountersFor(backend).Answered(_record);
        (_record.EndedBy, _record.Reason) = ExchangeEnds.Told(passed);
        _isWhole = passed == MessageEnd.Complete;
        _isClean = _isWhole && sent == MessageEnd.Complete && _tunnel is null && !_services.Worker.IsDraining
            && !ConnectionAuthentication.IsInvolved(_client.Request.Headers, _upstream.Response.Headers);
        if (!_isWhole && passed != MessageEnd.Cut) _client.CutShort();
        return Over(ExchangeEnds.OutcomeOf(passed, Pool.Pool.Config.Passive.IsFailure(_record.Status)));
    }

    /// <summary>Nothing of a response went to the client.</summary>
    private Attempt Failed(int got, MessageEnd sent)
    {
        if (_client.IsGone) return ClientLeft(Stage.ResponseHead);
        _clientFault = ExchangeEnds.ClientFault(sent);
        if (_clientFault != 0) return Over(UpstreamFailure.Cancelled(Stage.SendRequest));
        if (_isCut) return CutOff(Stage.ResponseHead);
        var outcome = ExchangeEnds.OutcomeOf(got, sent, _upstream.HasBegun);
        var isAtOnce = outcome.Retry == Retryability.IfIdempotent && outcome.Kind is OutcomeKind.Reset or OutcomeKind.Closed;
        return Failed(outcome) with { WasStale = _upstream.IsReused && isAtOnce };
    }

    private Attempt ClientLeft(Stage stage)
    {
        Leave("client left before the response");
        return Over(UpstreamFailure.Cancelled(stage));
    }

    private Attempt CutOff(Stage stage) => Failed(UpstreamFailure.Cut(stage, gotResponse: stage != Stage.Connect && _upstream.HasBegun));

    private Attempt Failed(in Outcome outcome) =>
        new(outcome, WitnessOf(outcome)) { MayRepeat = _client.Request.IsIdempotent && (_body.IsHeld || _body.AwaitsGoAhead) };

    private Attempt Over(in Outcome outcome) => new(outcome, WitnessOf(outcome)) { IsOver = true };

    /// <summary>Whom a failure is counted by: behind a trusted proxy the client that it names. A tunnel has given its head back.</summary>
    private ulong WitnessOf(in Outcome outcome) =>
        outcome.IsSuccess || !_forwarding.TrustsClient || _record.Status == 101
            ? _client.Peer.Owner
            : ClientName.BehindProxy(_client.Request.Headers, _client.Peer);
}
