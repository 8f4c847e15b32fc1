using System.Collections.Concurrent;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// Open connections of a listener by client (an IPv4 address, a /64 of IPv6), over all loops
/// of the node. Touched when a connection opens and closes, and only where a limit is set.
/// </summary>
internal sealed class ClientGauge(int limit)
{
    private readonly ConcurrentDictionary<ulong, int> _open = new();
    private volatile int _limit = limit;

    /// <summary>
    /// The gauge for another limit: this one, or where clients begin or cease to be counted a new one; who was let in by this one leaves
    /// by this one. Any thread.
    /// </summary>
    public ClientGauge Follow(int limit)
    {
        if (limit == _limit) return this;
        if (limit == 0 || _limit == 0) return new ClientGauge(limit);
        _limit = limit;
        return this;
    }

    /// <summary>False when this client has as many as it may. Any loop.</summary>
    public bool TryOpen(PeerAddress peer)
    {
        if (_limit == 0) return true;
        var client = peer.Owner;
        if (_open.AddOrUpdate(client, 1, static (_, count) => count + 1) <= _limit) return true;
        Release(client);
        return false;
    }

    public void Close(PeerAddress peer)
    {
        if (_limit != 0) Release(peer.Owner);
    }

    private void Release(ulong client)
    {
        _open.AddOrUpdate(client, 0, static (_, count) => count - 1);
        // Removed only if it is still 0: another loop may have opened one since.
        _open.TryRemove(KeyValuePair.Create(client, 0));
    }
}
