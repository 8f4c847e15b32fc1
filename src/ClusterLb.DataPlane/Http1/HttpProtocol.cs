using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane.Http1;

/// <summary>HTTP/1 at one listener of one loop, with its exchanges: as many as were ever under way at once, used again and again.</summary>
/// <param name="settings">Of the same, ready for use.</param>
/// <param name="time">The wall clock of <c>Date</c>.</param>
internal sealed class HttpProtocol(Worker worker, ListenerConfig config, HttpSettings settings, TimeProvider time) : IProtocol
{
    private readonly Stack<HttpExchange> _free = new();

    public Worker Worker => worker;

    public HttpSettings Settings => settings;

    /// <summary>The listener's name.</summary>
    public string Name => config.Name;

    public CurrentRoutes Routes { get; } = new(worker.Tables, config.Name);

    public DateLine Date { get; } = new(time);

    public TrafficCounters Traffic { get; } = new();

    public ClientConnection Accept(LoopListener listener, Connection connection) => new HttpConnection(listener, this, connection);

    public HttpExchange Rent() => _free.TryPop(out var exchange) ? exchange : new HttpExchange(this);

    public void Return(HttpExchange exchange) => _free.Push(exchange);
}
