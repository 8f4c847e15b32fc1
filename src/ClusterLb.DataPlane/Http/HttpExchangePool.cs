using ClusterLb.DataPlane.Listeners;

namespace ClusterLb.DataPlane.Http;

/// <summary>Exchanges of one loop's listener, used again and again; as many as were ever under way at once.</summary>
internal sealed class HttpExchangePool(LoopListener listener, HttpSettings settings)
{
    private readonly Stack<HttpExchange> _free = new();

    public HttpExchange Rent() => _free.TryPop(out var exchange) ? exchange : new HttpExchange(listener, settings);

    public void Return(HttpExchange exchange) => _free.Push(exchange);
}
