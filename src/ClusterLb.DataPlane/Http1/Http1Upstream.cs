using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// A connection of HTTP/1.1 to a backend, for one try: from its pool's idle ones or new, and back to them where that may be. Holds a buffer
/// only from the first byte of a response on.
/// </summary>
internal sealed class Http1Upstream : IUpstream
{
    private readonly EventLoop _loop;
    private readonly ReceiveBuffer _received;
    private readonly ResponseHeadReader _head = new();
    private readonly ResponseBodyReader _content;
    private readonly BodyWriter _writer;
    private LoopPool _pool = null!;
    private Backend _backend = null!;
    private Connection? _connection;
    private long _deadline;

    public Http1Upstream(EventLoop loop)
    {
        _loop = loop;
        _received = new ReceiveBuffer(loop);
        _content = new ResponseBodyReader(_received);
        _writer = new BodyWriter(loop);
    }

    public Response Response => _head.Response;

    public long HeadBytes { get; private set; }

    public bool HasBegun { get; private set; }

    public bool IsReused { get; private set; }

    public IBodyReader Content => _content;

    public IBodyWriter Writer => _writer;

    public Memory<byte> Unread => _received.Unread;

    public LoopTask<int> OpenAsync(LoopPool pool, Backend backend, bool mayReuse, bool mayRepeat)
    {
        (_pool, _backend, HeadBytes, HasBegun) = (pool, backend, 0, false);
        _writer.Reset();
        _connection = mayReuse ? TakeIdle(mayRepeat) : null;
        IsReused = _connection is not null;
        return IsReused ? new LoopTask<int>(IoResult.Ready) : ConnectAsync();
    }

    public bool TryBegin(Request request, Forwarding forwarding, byte[] upgrade)
    {
        var length = RequestHeadWriter.Write(_writer.RentHead(), request, forwarding, upgrade);
        // Nobody upstream has said that it takes trailers (TE speaks of a response's); some read them as the next request (CVE-2023-40175).
        _writer.Begin(_connection!, length, request.Body.Kind, passesTrailers: false, _pool.Times.Idle);
        if (length < 0) _writer.Reset();
        return length >= 0;
    }

    public void AnswerBy(long deadline)
    {
        _deadline = deadline;
        _connection?.RestartReadDeadline(deadline);
    }

    public async LoopTask<int> ReadHeadAsync(HttpMethod method)
    {
        var connection = _connection!;
        _head.Reset();
        while (true)
        {
            var status = HasBegun ? _head.Read(_received.Bytes, _received.Start, _received.End, method) : HeadStatus.Incomplete;
            if (status == HeadStatus.Refused) return _head.IsTooLarge ? IUpstream.HeadTooLarge : IUpstream.ProtocolError;
            if (status == HeadStatus.Complete) return Complete(connection);
            if (HasBegun && !MakeRoom()) return IUpstream.HeadTooLarge;
            var ready = await connection.WaitReadableAsync(_deadline);
            if (ready == IoResult.TimedOut && _loop.Now < _deadline) continue;
            if (ready != IoResult.Ready) return ready;
            _received.Rent();
            var received = _received.Receive(connection);
            if (received == IoResult.WouldBlock) continue;
            if (received <= 0) return received;
            HasBegun = true;
        }
    }

    public void Abort() => _connection?.Abort();

    public void Leave() => _connection?.Leave();

    public void Close() => _connection?.Close();

    public void End(bool isClean)
    {
        if (isClean && _connection is { IsClosed: false } connection && _head.KeepAlive && !_content.HasSurplus)
            _pool.Idle.Put(_backend, connection);
        else Close();
        _connection = null;
        ReturnReceived();
        _writer.Reset();
    }

    public Connection Switch()
    {
        ReturnReceived();
        return _connection!;
    }

    /// <summary>The head that was in it is nobody's to read any more.</summary>
    private void ReturnReceived()
    {
        _received.Return();
        Response.Headers.Place([], 0);
    }

    private Connection? TakeIdle(bool mayRepeat)
    {
        // What could not be repeated must not be lost to a connection that its backend has just closed.
        var connection = _pool.Idle.Take(_backend);
        if (connection is null || mayRepeat || connection.IsQuietNow()) return connection;
        connection.Close();
        return null;
    }

    private async LoopTask<int> ConnectAsync()
    {
        var connected = await _pool.ConnectAsync(_backend);
        _connection = connected.Connection;
        return _connection is null ? connected.Status : IoResult.Ready;
    }

    private int Complete(Connection connection)
    {
        HeadBytes += _head.Length;
        _received.Take(_head.Length);
        if (!Response.IsInterim) _content.Begin(connection, Response.Body);
        return IoResult.Ready;
    }

    private bool MakeRoom()
    {
        if (_received.HasRoom) return true;
        if (_received.Start == 0) return false;
        _received.Compact();
        return true;
    }
}
