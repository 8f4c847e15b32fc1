using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// HTTP/1 at one listener of one loop, with what serves its clients: as many as ever said something at once, used again and again.
/// </summary>
/// <param name="settings">Of the same, ready for use.</param>
/// <param name="time">The wall clock of <c>Date</c>.</param>
internal sealed class HttpProtocol(Worker worker, ListenerConfig config, HttpSettings settings, TimeProvider time) : IProtocol
{
    private readonly Stack<Http1Downstream> _free = new();

    /// <summary>Of its requests.</summary>
    public ExchangeServices Services { get; } =
        new(worker, config.Name, settings, new CurrentRoutes(worker.Tables, config.Name), new TrafficCounters());

    public DateLine Date { get; } = new(time);

    public TrafficCounters Traffic => Services.Traffic;

    public ClientConnection Accept(LoopListener listener, Connection connection) => new HttpConnection(listener, this, connection);

    public Http1Downstream Rent() => _free.TryPop(out var downstream) ? downstream : new Http1Downstream(this);

    public void Return(Http1Downstream downstream) => _free.Push(downstream);
}
