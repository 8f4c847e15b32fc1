using System.Net;
using System.Net.Sockets;
using ClusterLb.DataPlane;
using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Admin;

/// <summary>What the admin and health ports accept from: bound here, or by a process whose place this one takes.</summary>
/// <param name="inherited">By role and address; null = it is to be bound.</param>
internal sealed class AdminSockets(Func<string, IPEndPoint, bool, Socket?> inherited)
{
    /// <summary>Connections that the kernel completes before they are accepted.</summary>
    private const int Backlog = 64;

    private readonly List<(AdminPort Port, Socket Socket)> _open = [];

    public AdminDoor Door { get; } = new();

    /// <exception cref="SocketException">It cannot be bound.</exception>
    public Socket Listen(AdminPort port)
    {
        var socket = inherited(port.Role, port.Bind, port.AlsoIPv4) ?? Bind(port);
        _open.Add((port, socket));
        return socket;
    }

    /// <summary>Another descriptor of each, made as they are read.</summary>
    /// <exception cref="SocketException">There are none left.</exception>
    public IEnumerable<HandedSocket> Copy() => _open.Select(one => new HandedSocket(
        new GivenSocket(one.Port.Role, "", one.Port.Bind.ToString(), one.Port.AlsoIPv4), ListeningSocket.Copy(one.Socket)));

    private static Socket Bind(AdminPort port)
    {
        var socket = new Socket(port.Bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (port.Bind.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = port.AlsoIPv4;
            socket.Bind(port.Bind);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
