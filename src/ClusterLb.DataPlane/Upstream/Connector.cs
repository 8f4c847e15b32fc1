using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>
/// Connects to backends, by whichever of their addresses answers: the one that worked last, then the others in turn, all of them within
/// the time of one connect (in the spirit of RFC 8305; not side by side, for a backend is not to see connections that nobody uses). Used
/// on its loop.
/// </summary>
/// <param name="shedIdle">Gives descriptors of idle connections back, of whatever pool.</param>
internal sealed class Connector(EventLoop loop, Action shedIdle)
{
    /// <param name="timeout">Milliseconds for all of it.</param>
    public LoopTask<ConnectResult> ConnectAsync(Backend backend, long timeout)
    {
        var deadline = loop.Now + timeout;
        if (backend.Addresses.Count != 1) return ConnectInTurnAsync(backend, deadline);
        var connecting = loop.ConnectAsync(backend.EndPoint, deadline);
        if (!connecting.IsCompleted) return connecting;
        var connected = connecting.GetAwaiter().GetResult();
        return connected.Status == IoResult.Exhausted
            ? ConnectOnceFreeAsync(backend.EndPoint, deadline)
            : new LoopTask<ConnectResult>(connected);
    }

    /// <summary>An address that is silent has its part of the time: what is left, shared among those that are left.</summary>
    private async LoopTask<ConnectResult> ConnectInTurnAsync(Backend backend, long deadline)
    {
        var connected = new ConnectResult(null, IoResult.Unreachable);
        // Others may prefer another one meanwhile.
        var addresses = Enumerable.Range(0, backend.Addresses.Count).Select(backend.AddressAt).ToList();
        for (var i = 0; i < addresses.Count; i++)
        {
            var until = loop.Now + Math.Max(1, (deadline - loop.Now) / (addresses.Count - i));
            connected = await loop.ConnectAsync(addresses[i], until);
            if (connected.Status == IoResult.Exhausted) connected = await ConnectOnceFreeAsync(addresses[i], until);
            if (connected.Connection is null) continue;
            if (i > 0) backend.Prefer(addresses[i]);
            break;
        }

        return connected;
    }

    /// <summary>
    /// Without descriptors or ports: idle connections are worth less than a request that gets none, and every request that ends gives one
    /// back.
    /// </summary>
    private async LoopTask<ConnectResult> ConnectOnceFreeAsync(IPEndPoint endPoint, long deadline)
    {
        while (true)
        {
            shedIdle();
            var connected = await loop.ConnectAsync(endPoint, deadline);
            if (connected.Status != IoResult.Exhausted || loop.Now >= deadline) return connected;
            await new LoopDelay(loop).WaitAsync(loop.Now + TimerWheel.TickMilliseconds);
        }
    }
}
