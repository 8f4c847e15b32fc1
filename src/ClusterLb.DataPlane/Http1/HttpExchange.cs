using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// Serves the requests of one client for as long as bytes of them are at hand: read head, route, pick, try backends within the retry
/// rules, relay, record. Rented from its listener's pool when a client says something, returned when it falls silent.
/// </summary>
internal sealed class HttpExchange : IClient
{
    private readonly HttpProtocol _protocol;
    private readonly HttpSettings _settings;
    private readonly Worker _worker;
    private readonly EventLoop _loop;
    private readonly RequestHead _request;
    private readonly RequestBody _body;
    private readonly Forwarding _forwarding;
    private readonly RequestSession _session;
    private readonly Dispatch _dispatch;
    private readonly UpstreamExchange _upstream;
    private readonly RequestRecord _record = new();
    private Connection _client = null!;
    private HttpConnection _connection = null!;
    private byte[] _input = [];
    private bool _isRented;
    private int _received;

    public HttpExchange(HttpProtocol protocol)
    {
        var settings = protocol.Settings;
        _protocol = protocol;
        _settings = settings;
        _worker = protocol.Worker;
        _loop = _worker.Loop;
        _request = new RequestHead(settings.Limits);
        _body = new RequestBody(settings);
        _forwarding = new Forwarding(settings.SendForwarded) { DefaultAuthority = settings.OwnAuthority };
        _session = new RequestSession(_worker.Sessions);
        _dispatch = new Dispatch(_session, _record);
        _upstream = new UpstreamExchange(protocol, _request, _body, _session, _forwarding, _record, ReturnInput);
    }

    /// <summary>Serves until the client falls silent. True when its connection may carry another request.</summary>
    public async LoopTask<bool> ServeAsync(Connection client, HttpConnection connection)
    {
        (_client, _connection) = (client, connection);
        _forwarding.SetClient(client.Peer, _settings.Trusts(client.Peer));
        (_input, _isRented) = (_loop.HeadBuffers.Rent(), true);
        try
        {
            _received = client.TryReceive(_input);
            // The connection may have been woken for nothing, after a body that was read to its last byte.
            if (_received == IoResult.WouldBlock) return true;
            if (_received <= 0) return false;
            do
            {
                var keepAlive = await ReadHeadAsync() && await AnswerAsync();
                EndRequest();
                if (!keepAlive) return false;
                KeepWhatFollows();
            }
            while (_received > 0);

            return true;
        }
        catch
        {
            // A bug; whoever caught its request is to find it in the log.
            _record.Refused(500, "a bug in the data plane");
            EndRequest();
            throw;
        }
        finally
        {
            _body.Release();
            if (_isRented) _loop.HeadBuffers.Return(_input);
            _input = [];
            (_client, _connection) = (null!, null!);
        }
    }

    /// <summary>
    /// Since when the client trickles its body, or its tunnel is at a standstill, monotonic milliseconds; <see cref="long.MaxValue"/> =
    /// neither.
    /// </summary>
    public long StallsFrom => _upstream.Tunnel?.StallsFrom ?? _body.ShortSince;

    /// <summary>Ends what is under way, for a drain whose time is up.</summary>
    public void Abandon() => _upstream.Abort();

    /// <summary>Ends what is under way on this backend, whose drain's time is up. False when nothing is.</summary>
    public bool Cut(Backend backend) => _upstream.Cut(backend);

    PeerAddress IClient.Peer => _client.Peer;

    bool IClient.HasLeft => _client.PeerHasClosed;

    /// <summary>Nothing more comes from the client.</summary>
    /// <param name="broken">It reset; one that only ended its sending still wants its answer, unless it has yet to get a backend.</param>
    public void ClientLeft(bool broken)
    {
        _dispatch.ClientLeft();
        if (broken && _upstream.Tunnel is null) _upstream.Abort();
    }

    private async LoopTask<bool> ReadHeadAsync()
    {
        _request.Reset();
        _body.Forget();
        _record.Begin();
        var deadline = _loop.Now + _settings.HeadTimeout;
        while (true)
        {
            var status = _request.Parse(_input.AsSpan(0, _received));
            if (status != HeadStatus.Incomplete) _connection.Works();
            if (status == HeadStatus.Complete) return true;
            if (status == HeadStatus.Refused) return await RefuseAsync(_request.RefusalStatus, _request.RefusalReason, close: true);
            _connection.Waits(deadline - _settings.HeadTimeout);
            var received = await _client.ReceiveAsync(_input.AsMemory(_received), deadline);
            if (received > 0) _received += received;
            else if (received == IoResult.TimedOut) return await RefuseAsync(408, "request head took too long", close: true);
            else if (received == IoResult.EndOfStream && _received > 0)
                return await RefuseAsync(400, "request head cut short", close: true);
            else return Left("client broke off its request head");
        }
    }

    private LoopTask<bool> AnswerAsync()
    {
        _body.Begin(_client, _input, _request.Length, _received, _request);
        if (_request.ReformPath(_input, _settings.Path) is { } refusal) return RefuseAsync(400, refusal, close: true);
        if (_request.MaxForwards == 0) return RefuseAsync(200, "Max-Forwards ended here", close: false);
        if (_settings.Limits.BodyBytes != 0 && _request.Body.Length > _settings.Limits.BodyBytes)
            return RefuseAsync(413, "request body too large", close: true);
        if (_protocol.Routes.Read() is { } routes && !_request.TrySettle(_input, routes.Deciding))
            return RefuseAsync(400, Reasons.DecidesTwice, close: true);
        return Route() is { } pool ? ForwardAsync(_worker.Pools.Of(pool)) : RefuseAsync(404, "no route", close: false);
    }

    private Pool? Route()
    {
        if (_protocol.Routes.Read() is not { } routes) return null;
        var pool = routes.Match(new RouteRequest(_request, _input, _settings.OwnAuthority), out var route);
        _record.Route = route;
        return pool;
    }

    private async LoopTask<bool> ForwardAsync(LoopPool pool)
    {
        _record.Pool = pool.Pool.Name;
        _forwarding.Via = _settings.Via?.Of(pool.Pool);
        if (ViaChain.FindLoop(_input, _request.Headers, _forwarding.Via) is { } loop) return await RefuseAsync(508, loop, close: true);
        var isSecure = pool.Sticky is not null && _forwarding.IsSecure(_request.Headers, _input);
        var isKnown = _session.TryFind(pool.Sticky, _request, _input, _client.Peer, _forwarding.TrustsClient, isSecure);
        if (!isKnown) await _session.SettleAsync();
        _forwarding.StrippedCookie = pool.Sticky?.Stripped ?? [];
        _record.Decision = _session.Decision ?? (pool.Pool.FailOpen ? "fail-open" : pool.Pool.Config.Balance);
        if (_request.IsIdempotent && _body.Framing is { Kind: BodyKind.Length, Length: <= RequestBody.MaxHeld } && !_body.IsHeld
            && !_request.ExpectsContinue)
        {
            var held = await _body.HoldAsync();
            if (held != BodyResult.Sent) return await RefuseAsync(ExchangeEnds.ClientFault(held), "request body", close: true);
        }

        _dispatch.Begin(pool, KeyOf(pool), this);
        try
        {
            while (await _dispatch.NextAsync() is { } backend)
            {
                if (_dispatch.Conclude(await TryAsync(pool, backend))) continue;
                var fault = _upstream.ClientFault;
                return await (fault == 0 ? AnsweredAsync() : RefuseAsync(fault, "client broke its request", close: true));
            }

            if (_dispatch.HasClientLeft) return Left(_dispatch.Reason);
            return await RefuseAsync(ExchangeEnds.StatusOf(_dispatch.Failure), _dispatch.Reason, close: !_body.IsComplete);
        }
        finally
        {
            _dispatch.End();
        }
    }

    private async LoopTask<Attempt> TryAsync(LoopPool pool, Backend backend)
    {
        try
        {
            _upstream.Begin(_client, pool, backend);
            return await _upstream.ConnectAsync(_dispatch.MayReuse) ?? await _upstream.ExchangeAsync(_input);
        }
        finally
        {
            _upstream.End();
        }
    }

    private HashKey KeyOf(LoopPool pool)
    {
        if (pool.KeyKind is not { } kind) return default;
        var request = new RouteRequest(_request, _input, _settings.OwnAuthority);
        return kind switch
        {
            HashKeyKind.SourceIp => HashKeys.OfSource(_client.Peer),
            HashKeyKind.Path => HashKeys.Of(request.Path),
            HashKeyKind.Header when request.TryGetHeader(pool.KeyName, out var value) => HashKeys.Of(value),
            HashKeyKind.Cookie when request.TryGetCookie(pool.KeyName, out var value) => HashKeys.Of(value),
            _ => default,
        };
    }

    /// <summary>Answers by itself. The connection stays open only when the request was understood and has no body left to come.</summary>
    private async LoopTask<bool> RefuseAsync(int status, string reason, bool close)
    {
        var keepAlive = !close && _body.IsComplete && _request.KeepAlive && !_request.IsHttp10 && !_worker.IsDraining;
        _protocol.Traffic.OwnAnswers.Add(status);
        _record.Refused(status, reason);
        var sent = await OwnAnswer.SendAsync(_client, _protocol.Date, status, close: !keepAlive, head: _request.Method == HttpMethod.Head,
            _loop.Now + _settings.BodyIdle);
        if (sent <= 0) return false;
        _record.BytesOut += sent;
        if (!keepAlive) await LingerAsync();
        // Nothing of this had to wait for anybody: without a pause a client that pipelines would have the loop to itself.
        else if (_client.MayReceive || _body.End > _body.Start) await _loop.Yield();
        return keepAlive;
    }

    /// <summary>A client that may still be sending is let go gently.</summary>
    private async LoopTask<bool> AnsweredAsync()
    {
        if (_record.KeepsAlive || _client.IsClosed) return _record.KeepsAlive;
        if (!_body.IsComplete || _client.MayReceive || _body.End > _body.Start) await LingerAsync();
        return false;
    }

    private LoopTask<bool> LingerAsync()
    {
        _connection.Lingers();
        return Linger.CloseAsync(_client);
    }

    private bool Left(string reason)
    {
        _record.Left(reason);
        return false;
    }

    private void EndRequest()
    {
        _body.Release();
        if (_record.Status == 0) return;
        _record.BytesIn = _request.Length + _body.Received;
        _protocol.Traffic.BytesReceived += _record.BytesIn;
        _protocol.Traffic.BytesSent += _record.BytesOut;
        _worker.AccessLog?.Write(_record, _protocol.Name, _client.Peer,
            AskedRequest.Of(_request, _input.AsSpan(0, Math.Clamp(_received, 0, _input.Length))));
    }

    /// <summary>For a tunnel, which needs none. What is to be logged of the request is kept as a copy.</summary>
    private void ReturnInput()
    {
        _loop.HeadBuffers.Return(_input);
        (_input, _isRented) = (_worker.AccessLog is null ? [] : _input[.._request.Target.End], false);
    }

    private void KeepWhatFollows()
    {
        var following = _body.End - _body.Start;
        if (following > 0) _input.AsSpan(_body.Start, following).CopyTo(_input);
        _received = following;
    }
}
