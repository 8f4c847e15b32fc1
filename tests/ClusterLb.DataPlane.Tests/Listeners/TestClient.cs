using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Listeners;

/// <summary>A client of which only its place in a table counts.</summary>
internal sealed class TestClient : ClientConnection
{
    public long Waits { get; set; } = long.MaxValue;

    public long Stalls { get; set; } = long.MaxValue;

    public bool Returned
    {
        set => HasReturned = value;
    }

    public override long WaitsFrom => Waits;

    public override long StallsFrom => Stalls;

    public override LoopTask<bool> ServeAsync() => throw new NotSupportedException();

    public override void PeerClosed(Connection connection, bool broken) => throw new NotSupportedException();

    public override void Drain() => throw new NotSupportedException();

    public override bool Cut(Backend backend) => throw new NotSupportedException();

    public override void Close() => throw new NotSupportedException();

    public override void Evict() => throw new NotSupportedException();
}
