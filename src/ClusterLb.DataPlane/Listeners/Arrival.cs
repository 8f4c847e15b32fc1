using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>A client that goes through the stages of its listener; then its protocol serves it in the same place.</summary>
internal sealed class Arrival(LoopListener listener, IReadOnlyList<IAcceptStage> stages, Connection accepted) : ClientConnection
{
    private readonly long _began = accepted.Loop.Now;
    private readonly PeerAddress _peer = accepted.Peer;
    private Connection _connection = accepted;

    public override long WaitsFrom => _began;

    public override long StallsFrom => long.MaxValue;

    public override async LoopTask<bool> ServeAsync()
    {
        var passes = false;
        try
        {
            passes = await PassAsync();
        }
        finally
        {
            // Also when a stage throws: its place must come back.
            if (!passes)
            {
                _connection.Close();
                listener.Closed(this, _peer);
            }
        }

        return passes && listener.Admit(this, _peer, _connection) is { } client && await client.ServeAsync();
    }

    private async LoopTask<bool> PassAsync()
    {
        foreach (var stage in stages)
        {
            if (_connection.IsClosed || await stage.PassAsync(_connection) is not { } passed) return false;
            _connection = passed;
        }

        return true;
    }

    /// <summary>The stage that waits for it reads, and finds out.</summary>
    public override void PeerClosed(Connection connection, bool broken)
    {
    }

    public override void Drain()
    {
    }

    public override bool Cut(Backend backend) => false;

    public override void Close() => _connection.Close();

    public override void Evict() => _connection.Abort();
}
