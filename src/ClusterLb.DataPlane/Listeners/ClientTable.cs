using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// One loop's clients of one listener by address, and who of them goes when others need room: of the address that has most connections, the
/// one that has owed us a request for longest. Touched when a client comes and goes; requests touch nothing here: who has waited for how
/// long is looked up when somebody has to go.
/// </summary>
internal sealed class ClientTable
{
    /// <summary>An owner with more than one of so many of all connections is a hoard.</summary>
    private const int HoardShare = 4;

    private const long PauseMilliseconds = 50;

    private readonly Dictionary<ulong, ClientAddress> _addresses = [];
    private readonly AddressesByCount _byCount = new();
    private Eviction _lastFound;
    private Pressure _pausesAt;
    private long _pausesUntil;
    private int _resumesAt;

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

    /// <summary>
    /// After one look found nobody, the next is <see cref="PauseMilliseconds"/> later, and goes on where this one ran out of its bounded
    /// number of looks.
    /// </summary>
    public Eviction FindVictim(Pressure pressure, long nowMilliseconds, out ClientConnection? victim)
    {
        victim = null;
        if (nowMilliseconds < _pausesUntil && pressure <= _pausesAt) return _lastFound;
        _lastFound = Search(pressure, nowMilliseconds, out victim);
        if (victim is null) (_pausesUntil, _pausesAt) = (nowMilliseconds + PauseMilliseconds, pressure);
        else _resumesAt = 0;
        return _lastFound;
    }

    private Eviction Search(Pressure pressure, long nowMilliseconds, out ClientConnection? victim)
    {
        victim = null;
        var search = new VictimSearch(pressure, nowMilliseconds);
        var count = _resumesAt > 0 && _resumesAt < Most ? _byCount.NextBelow(_resumesAt + 1) : Most;
        _resumesAt = 0;
        while (count > 0 && search.GoesOn)
        {
            var left = _byCount.AddressesWith(count);
            for (; left > 0 && search.GoesOn; left--)
            {
                var address = _byCount.FirstWith(count);
                search.LookAt(address);
                if (search.FoundMostlyYoung && address.Count * HoardShare > Count) return Eviction.Wait;
                _byCount.MoveLast(address);
            }

            victim = search.Idlest;
            if (victim is not null) return Eviction.Evicted;
            if (left == 0) count = _byCount.NextBelow(count);
        }

        _resumesAt = count;
        victim = search.Stalled;
        return victim is null ? Eviction.None : Eviction.Evicted;
    }
}
