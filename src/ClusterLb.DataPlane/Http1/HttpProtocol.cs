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
/// <param name="traffic">Where it counts.</param>
/// <param name="time">The wall clock of <c>Date</c>.</param>
internal sealed class HttpProtocol(
    Worker worker, ListenerConfig config, HttpSettings settings, TrafficCounters traffic, TimeProvider time) : IProtocol
{
    private readonly Stack<Http1Downstream> _free = new();

    /// <summary>Of the requests that begin now.</summary>
    public ExchangeServices Services { get; private set; } =
        new(worker, config.Name, settings, new CurrentRoutes(worker.Tables, config.Name), traffic);

    public DateLine Date { get; } = new(time);

    public TrafficCounters Traffic => Services.Traffic;

    public ClientConnection Accept(LoopListener listener, Connection connection) => new HttpConnection(listener, this, connection);

    public Http1Downstream Rent() => _free.TryPop(out var downstream) ? downstream : new Http1Downstream(this);

    /// <summary>One of settings that are no more in force is not used again.</summary>
    public void Return(Http1Downstream downstream)
    {
        if (downstream.Settings == Services.Settings) _free.Push(downstream);
    }

    public bool TryFollow(ListenerConfig config)
    {
        if (config.Protocol != ListenerProtocol.Http) return false;
        Services = Services with { Settings = Services.Settings.With(config) };
        _free.Clear();
        return true;
    }

    public void KeepRoutes() => Services.Routes.Read();
}
