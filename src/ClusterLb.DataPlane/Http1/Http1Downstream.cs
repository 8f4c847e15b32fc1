using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// Reads the requests of one HTTP/1.1 client, for as long as bytes of them are at hand, and writes their responses, one after the other.
/// Rented from its listener when a client says something, returned when it falls silent.
/// </summary>
internal sealed class Http1Downstream : IDownstream
{
    private readonly HttpProtocol _protocol;
    private readonly HttpSettings _settings;
    private readonly EventLoop _loop;
    private readonly ReceiveBuffer _received;
    private readonly RequestHeadReader _head;
    private readonly RequestBodyReader _content;
    private readonly BodyWriter _writer;
    private Connection _client = null!;
    private HttpConnection _connection = null!;
    private bool _keepsAlive;

    // When it has switched: what is kept of its head is enough for this log.
    private bool _hasSwitched;
    private AccessLog? _keptFor;

    public Http1Downstream(HttpProtocol protocol)
    {
        (_protocol, _settings, _loop) = (protocol, protocol.Services.Settings, protocol.Services.Worker.Loop);
        _received = new ReceiveBuffer(_loop);
        _head = new RequestHeadReader(_settings.Limits);
        _content = new RequestBodyReader(_received);
        _writer = new BodyWriter(_loop);
        Exchange = new Exchange(protocol.Services, this, new Http1Upstream(_loop));
    }

    /// <summary>Of the request at hand.</summary>
    public Exchange Exchange { get; }

    /// <summary>That all its requests go by.</summary>
    public HttpSettings Settings => _settings;

    public Request Request => _head.Request;

    public long HeadBytes => _head.Length;

    public IBodyReader Content => _content;

    public IBodyWriter Writer => _writer;

    public Memory<byte> Unread => _received.Unread;

    public PeerAddress Peer => _client.Peer;

    public bool HasLeft => _client.PeerHasClosed;

    public bool IsGone => _client.IsBroken || _client.IsClosed;

    public long ResponseHeadBytes { get; private set; }

    /// <summary>Its head, or the line it should have begun with.</summary>
    public Asked AskedBy(bool trustsClient)
    {
        // Another log may want what nobody kept.
        if (_hasSwitched && _keptFor != _protocol.Services.Worker.AccessLog) return default;
        var isUnderstood = !Request.MethodAt.IsEmpty && (_head.RefusalStatus == 0 || !Request.Target.Text.IsEmpty);
        if (isUnderstood) return new Asked(Request, default, trustsClient);
        // An empty line may precede it (RFC 9112 section 2.2).
        var line = ((ReadOnlySpan<byte>)_received.Unread.Span).TrimStart("\r\n"u8);
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        return new Asked(Request, end < 0 ? line : line[..end], trustsClient);
    }

    /// <summary>Serves until the client falls silent. True when its connection may carry another request.</summary>
    public async LoopTask<bool> ServeAsync(Connection client, HttpConnection connection)
    {
        (_client, _connection, _hasSwitched) = (client, connection, false);
        _received.Rent();
        try
        {
            var received = _received.Receive(client);
            // The connection may have been woken for nothing, after a body that was read to its last byte.
            if (received == IoResult.WouldBlock) return true;
            if (received <= 0) return false;
            Exchange.Accept();
            do
            {
                Exchange.Begin();
                if (await ReadHeadAsync()) await Exchange.ServeAsync();
                Exchange.End();
                if (!_keepsAlive) return false;
                _received.Compact();
            }
            while (_received.Length > 0);

            return true;
        }
        catch
        {
            Exchange.Fail();
            Exchange.End();
            throw;
        }
        finally
        {
            _writer.Reset();
            _received.Return();
            // What rests in the pool keeps no buffer alive that its loop has given up.
            Request.Headers.Place([], 0);
            (_client, _connection, _keptFor) = (null!, null!, null);
        }
    }

    public async LoopTask<int> SendInterimAsync(Response response)
    {
        var output = _loop.HeadBuffers.Rent();
        try
        {
            var length = ResponseHeadWriter.Write(output, response, new ResponseForm(BodyFraming.None, Close: false, ToHttp10: false));
            // Without room for what we add it is left out: an interim answer is a hint.
            return length < 0 ? IoResult.Ready : await _client.SendAsync(output.AsMemory(0, length), _loop.Now + _settings.BodyIdle);
        }
        finally
        {
            _loop.HeadBuffers.Return(output);
        }
    }

    public bool TryBegin(Response response, in ResponseEdits edits)
    {
        var form = FormOf(response, edits);
        var date = response.Status == 101 ? default : _protocol.Date.At(_loop.Now);
        var length = ResponseHeadWriter.Write(_writer.RentHead(), response, form, date);
        _writer.Begin(_client, length, form.Body.Kind, Request.AcceptsTrailers, _settings.BodyIdle);
        if (length < 0) _writer.Reset();
        else ResponseHeadBytes = length;
        return length >= 0;
    }

    public async LoopTask<int> AnswerAsync(int status, bool isLast)
    {
        _writer.Reset();
        _keepsAlive = !isLast && MayKeepAlive && !Request.IsHttp10;
        var head = Request.Method == HttpMethod.Head;
        var sent = await OwnAnswer.SendAsync(_client, _protocol.Date, status, !_keepsAlive, head, _loop.Now + _settings.BodyIdle);
        _keepsAlive &= sent > 0;
        if (sent > 0) ResponseHeadBytes = sent - (head ? 0 : ErrorResponses.ContentLength(status));
        if (sent > 0 && !_keepsAlive) await LingerAsync();
        // Nothing of this had to wait for anybody: without a pause a client that pipelines would have the loop to itself.
        if (_keepsAlive && MayHaveMore) await _loop.Yield();
        return sent;
    }

    public async LoopTask<bool> FinishAsync(bool isWhole)
    {
        _keepsAlive &= isWhole;
        if (!_keepsAlive && !_client.IsClosed && (!_content.IsComplete || MayHaveMore)) await LingerAsync();
        return true;
    }

    /// <summary>A missing last chunk or missing bytes say so; a bare close does not.</summary>
    public void CutShort()
    {
        if (Request.IsHttp10) _client.Abort();
        else _client.Leave();
    }

    public void Abort() => _client.Abort();

    /// <summary>What is to be logged of the request is kept as a copy.</summary>
    public Connection Switch()
    {
        var log = _keptFor = _protocol.Services.Worker.AccessLog;
        _hasSwitched = true;
        _received.ReturnBut(log is null ? 0 : log.ReadsHead ? _head.Length : Request.Target.Text.End);
        Request.Headers.Place(_received.Bytes, 0);
        return _client;
    }

    private bool MayKeepAlive => _head.KeepAlive && _content.IsComplete && !_protocol.Services.Worker.IsLastOf(_client.Peer)
        && !_connection.IsLast;

    private bool MayHaveMore => _client.MayReceive || _received.Length > 0;

    /// <summary>False when there is none: then that was said to whom it concerns.</summary>
    private async LoopTask<bool> ReadHeadAsync()
    {
        _head.Reset();
        (_keepsAlive, ResponseHeadBytes) = (false, 0);
        var (begunAt, deadline) = (_loop.Now, _loop.Now + _settings.HeadTimeout);
        while (true)
        {
            var status = _head.Read(_received.Bytes, _received.End);
            if (status != HeadStatus.Incomplete) _connection.Works();
            if (status == HeadStatus.Complete) return HasRead();
            if (status == HeadStatus.Refused) return await RefuseAsync(_head.RefusalStatus, _head.RefusalReason);
            _connection.Waits(begunAt);
            var received = await _received.ReceiveAsync(_client, deadline);
            if (received > 0) continue;
            if (received == IoResult.TimedOut) return await RefuseAsync(408, "request head took too long");
            if (received == IoResult.EndOfStream && _received.Length > 0) return await RefuseAsync(400, "request head cut short");
            Exchange.Leave("client broke off its request head");
            return false;
        }
    }

    private bool HasRead()
    {
        _received.Take(_head.Length);
        _content.Begin(_client, Request.Body);
        return true;
    }

    private async LoopTask<bool> RefuseAsync(int status, string reason)
    {
        await Exchange.RefuseAsync(new Refusal(status, reason));
        return false;
    }

    /// <summary>A body whose end the client cannot see otherwise is chunked, or for HTTP/1.0 ends with the connection.</summary>
    private ResponseForm FormOf(Response response, in ResponseEdits edits)
    {
        if (!edits.Upgrade.IsEmpty) return new ResponseForm(BodyFraming.None, Close: false, ToHttp10: false, Edits: edits);
        var framing = response.Body.Kind is not (BodyKind.Chunked or BodyKind.UntilClose) ? response.Body
            : Request.IsHttp10 ? BodyFraming.UntilClose : BodyFraming.Chunked;
        _keepsAlive = MayKeepAlive && framing.Kind != BodyKind.UntilClose;
        return new ResponseForm(framing, Close: !_keepsAlive, ToHttp10: Request.IsHttp10, Request.AcceptsTrailers, edits);
    }

    /// <summary>A client that may still be sending is let go gently.</summary>
    private LoopTask<bool> LingerAsync()
    {
        _connection.Lingers();
        return Linger.CloseAsync(_client);
    }
}
