using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Clients;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// Connections whose other end has not proved yet that it is a node. So many at once, and no more: who has waited longest goes, first those
/// that have been silent for a while, so that a node, which speaks at once, gets in past any number of idle ones, and is not put out before
/// it could speak. Any thread.
/// </summary>
/// <param name="most">In all.</param>
/// <param name="mostOfOneAddress">
/// From one <see cref="AddressOwner"/>. This machine's own may have all: its nodes and its strangers look alike.
/// </param>
internal sealed class PendingConnections(int most, int mostOfOneAddress, TimeProvider time)
{
    /// <summary>Silent for longer: idle. On a busy machine a node takes some time from its connection to its first word.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(250);

    private readonly LinkedList<PendingConnection> _byAge = [];

    /// <returns>Who must go for it, if anybody; no longer counted, and to be closed.</returns>
    public PendingConnection? Add(PendingConnection connection)
    {
        lock (_byAge)
        {
            connection.Since = time.GetTimestamp();
            _byAge.AddLast(connection);
            var isOneTooMany = !connection.IsLocal && _byAge.Count(other => other.Owner == connection.Owner) > mostOfOneAddress;
            if (!isOneTooMany && _byAge.Count <= most) return null;
            var rivals = isOneTooMany ? _byAge.Where(other => other.Owner == connection.Owner) : _byAge;
            var leaver = rivals.FirstOrDefault(IsIdle) ?? rivals.First();
            _byAge.Remove(leaver);
            return leaver;
        }
    }

    public void Remove(PendingConnection connection)
    {
        lock (_byAge) _byAge.Remove(connection);
    }

    private bool IsIdle(PendingConnection connection) => !connection.HasSpoken && time.GetElapsedTime(connection.Since) > s_idle;
}

/// <summary>One that is still a stranger.</summary>
internal sealed class PendingConnection(Socket socket, IPAddress address)
{
    private volatile bool _hasSpoken;
    private volatile bool _isCrowdedOut;

    /// <summary>When it was accepted, as the clock of <see cref="PendingConnections"/> counts.</summary>
    public long Since { get; set; }

    public AddressOwner Owner { get; } = AddressOwner.Of(address);

    public bool IsLocal { get; } = IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>It has begun as a node does.</summary>
    public bool HasSpoken
    {
        get => _hasSpoken;
        set => _hasSpoken = value;
    }

    public bool IsCrowdedOut => _isCrowdedOut;

    public void CrowdOut()
    {
        _isCrowdedOut = true;
        socket.Dispose();
    }
}
