using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Tcp;

/// <summary>One TCP client from accept to close: pick, connect, tunnel.</summary>
internal sealed class TcpConnection(LoopListener listener, TcpProtocol protocol, Connection client) : ClientConnection, IClient,
    ITunnelObserver
{
    // Near a limit: a client over whose connection not a byte has gone either way after so long is nobody's loss. Any other tunnel may be
    // idle for good reasons.
    private const long SilenceMilliseconds = 10_000;

    private readonly Worker _worker = protocol.Worker;
    private Connection? _upstream;
    private Backend? _backend;
    private BackendCounters? _counters;
    private readonly RequestRecord _record = new();
    private readonly long _begunAt = client.Loop.Now;
    private Dispatch? _dispatch;
    private Tunnel? _tunnel;
    private bool _closed;
    private bool _isCut;

    public override long WaitsFrom => _tunnel is { BytesToUpstream: 0, BytesToClient: 0 } ? _begunAt + SilenceMilliseconds : long.MaxValue;

    public override long StallsFrom => _tunnel?.StallsFrom ?? long.MaxValue;

    public override async LoopTask<bool> ServeAsync()
    {
        client.HangupObserver = this;
        try
        {
            if (protocol.Routes.Read()?.Default is not { } pool) return false;
            await ServeAsync(_worker.Pools.Of(pool));
            return true;
        }
        finally
        {
            _worker.AccessLog?.Write(_record, protocol.Name, client.Peer, default);
            client.Close();
            listener.Closed(this, client.Peer);
        }
    }

    PeerAddress IClient.Peer => client.Peer;

    bool IClient.HasLeft => client.PeerHasClosed;

    public override void PeerClosed(Connection connection, bool broken) => _dispatch?.ClientLeft();

    /// <summary>A connection is one piece of work: it runs on until it ends or the drain's deadline closes it.</summary>
    public override void Drain()
    {
    }

    public override bool Cut(Backend backend)
    {
        if (_isCut || _backend?.IsSameServerAs(backend) != true) return false;
        _isCut = true;
        // While it connects nothing is lost yet: it may go elsewhere.
        if (_upstream is null) return true;
        _upstream.Leave();
        client.Leave();
        return true;
    }

    public override void Close()
    {
        _closed = true;
        client.Close();
        _upstream?.Close();
    }

    public override void Evict() => Close();

    void ITunnelObserver.FirstByteCame()
    {
        _record.Responded(status: 0);
        _counters!.FirstBytes.Record(_record.FirstByteMicroseconds);
    }

    private async LoopTask<bool> ServeAsync(LoopPool pool)
    {
        _record.Begin();
        (_record.Pool, _record.Decision) = (pool.Pool.Name, pool.Pool.FailOpen ? "fail-open" : pool.Pool.Config.Balance);
        var session = new RequestSession(_worker.Sessions);
        var dispatch = _dispatch = new Dispatch(_worker.Pools, session, _record);
        dispatch.Begin(pool, SourceKey(pool), this);
        try
        {
            if (!session.TryFind(pool.Sticky, client.Peer)) await session.SettleAsync();
            _record.Decision = session.Decision ?? _record.Decision;
            while (!_closed && await dispatch.NextAsync() is { } backend)
            {
                if (!dispatch.Conclude(await TryAsync(dispatch.Pool, backend))) return true;
            }

            (_record.EndedBy, _record.Reason) = _closed
                ? ("proxy", "closed by this node before a backend was connected")
                : (dispatch.HasClientLeft ? "client" : "proxy", dispatch.Reason);
            return false;
        }
        finally
        {
            dispatch.End();
        }
    }

    private async LoopTask<Attempt> TryAsync(LoopPool pool, Backend backend)
    {
        (_backend, _isCut) = (backend, false);
        try
        {
            _record.Connects();
            var connected = await pool.ConnectAsync(backend);
            _record.Connected();
            if (connected.Connection is not { } upstream)
                return new Attempt(UpstreamFailure.OfConnect(connected.Status), client.Peer.Owner);
            if (!_isCut) return new Attempt(await TunnelAsync(pool, backend, upstream), client.Peer.Owner) { IsOver = true };
            upstream.Close();
            return new Attempt(UpstreamFailure.Cut(Stage.Connect, gotResponse: false), client.Peer.Owner);
        }
        finally
        {
            _backend = null;
        }
    }

    private async LoopTask<Outcome> TunnelAsync(LoopPool pool, Backend backend, Connection upstream)
    {
        (_upstream, _counters) = (upstream, pool.CountersFor(backend));
        _counters.AnsweredAt = client.Loop.Now;
        // A connection that is made is what a trial is about; how it ends is told below.
        pool.Pool.Observe(backend, Outcome.Connected, client.Peer.Owner, client.Loop.Now);
        if (_closed) upstream.Close();
        var tunnel = _tunnel = new Tunnel(client, upstream, pool.Times.Tunnel, this);
        var end = await tunnel.RunAsync();
        var counters = _counters;
        counters.BytesSent += tunnel.BytesToUpstream;
        counters.BytesReceived += tunnel.BytesToClient;
        counters.Latency.Record(_record.ElapsedMicroseconds);
        (_record.RequestBytes, _record.ResponseBytes, _record.EndedBy) = (tunnel.BytesToUpstream, tunnel.BytesToClient, NameOf(end));
        protocol.Traffic.BytesReceived += tunnel.BytesToUpstream;
        protocol.Traffic.BytesSent += tunnel.BytesToClient;
        // A backend that resets before anybody said anything is not serving; later on the client may have given it reasons.
        var failed = end == TunnelEnd.UpstreamReset && tunnel.BytesToClient + tunnel.BytesToUpstream == 0;
        var outcome = _isCut ? UpstreamFailure.Cut(Stage.Tunnel, gotResponse: true)
            : failed ? new Outcome(Side.Upstream, Stage.Tunnel, OutcomeKind.Reset, Retryability.Never)
            : tunnel.BytesToClient > 0 ? Outcome.Success : Outcome.Connected;
        if (_isCut) (_record.EndedBy, _record.Reason) = ("proxy", OutcomeText.Of(outcome));
        if (outcome.IsSuccess) counters.Outcomes[(int)OutcomeKind.Success]++;
        return outcome;
    }

    private static string NameOf(TunnelEnd end) => end switch
    {
        TunnelEnd.ClientFinished or TunnelEnd.ClientReset => "client",
        TunnelEnd.UpstreamFinished or TunnelEnd.UpstreamReset => "backend",
        TunnelEnd.Idle => "timeout",
        _ => "proxy",
    };

    private HashKey SourceKey(LoopPool pool) => pool.KeyKind is null ? default : HashKeys.OfSource(client.Peer);
}
