using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// One loop's clients of one listener by address, and who of them goes when others need room: of the address that has most connections, the one that
/// has owed us a request for longest. Touched when a client comes and goes; requests touch nothing here: who has waited for how long is looked up when somebody has to go.
/// </summary>
internal sealed class ClientTable
{
    /// <summary>An owner with more than one of so many of all connections is a hoard.</summary>
    private const int HoardShare = 4;

    private readonly Dictionary<ulong, ClientAddress> _addresses = [];
    private readonly AddressesByCount _byCount = new();

    public int Count { get; private set; }

    /// <summary>Connections of the address that has most.</summary>
    public int Most => _byCount.Most;

    public void Add(ClientConnection client, PeerAddress peer)
    {
        if (!_addresses.TryGetValue(peer.Owner, out var address)) _addresses[peer.Owner] = address = new ClientAddress(peer.Owner);
        else _byCount.Remove(address);
        address.Add(client);
        _byCount.Add(address);
        Count++;
    }

    /// <summary>Nothing when it is gone already.</summary>
    public void Remove(ClientConnection client)
    {
        if (client.Address is not { } address) return;
        _byCount.Remove(address);
        address.Remove(client);
        Count--;
        if (address.Count > 0) _byCount.Add(address);
        else _addresses.Remove(address.Owner);
    }

    public List<ClientConnection> ToList()
    {
        var all = new List<ClientConnection>(Count);
        foreach (var address in _addresses.Values)
        {
            for (var client = address.First; client is not null; client = client.Next) all.Add(client);
        }

        return all;
    }

    /// <returns>Null when all are busy, or none was found within a bounded number of looks.</returns>
    public ClientConnection? FindVictim(Pressure pressure, long nowMilliseconds)
    {
        var search = new VictimSearch(pressure, nowMilliseconds);
        for (var count = _byCount.Most; count > 0 && search.GoesOn; count = _byCount.NextBelow(count))
        {
            for (var left = _byCount.AddressesWith(count); left > 0 && search.GoesOn; left--)
            {
                var address = _byCount.FirstWith(count);
                search.LookAt(address);
                // A hoard that has only just come is old enough in a moment: nobody else goes in its stead.
                if (search.FoundMostlyYoung && address.Count * HoardShare > Count) return null;
                _byCount.MoveLast(address);
            }

            if (search.Idlest is { } idlest) return idlest;
        }

        return search.Stalled;
    }
}
