using System.Net.Sockets;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// The cluster port, taken before anything of a node starts, so that of two nodes that start at once with one port the second ends instead
/// of serving in no cluster. The first ActorSystem goes on with it. Who connects until then waits.
/// </summary>
public sealed class ReservedClusterPort : IDisposable
{
    private Socket? _socket;

    private ReservedClusterPort(Socket? socket) => _socket = socket;

    /// <summary>Another process has it still: the first ActorSystem is to bind it.</summary>
    public static ReservedClusterPort Later => new(null);

    /// <summary>Null and why when it cannot be had. Without seeds there is none to take.</summary>
    public static ReservedClusterPort? Take(ClusterLbConfig config, out string problem)
    {
        problem = "";
        if (config.Cluster.Seeds.Count == 0) return new ReservedClusterPort(null);
        var bind = ClusterAddress.BindOf(config);
        var socket = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(bind);
            // Only who listens keeps others away.
            socket.Listen(ClusterTransport.Backlog);
            return new ReservedClusterPort(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            var isTaken = failure.SocketErrorCode == SocketError.AddressAlreadyInUse;
            problem = $"cluster port cannot bind {bind}: {(isTaken ? "the address is in use by another process" : failure.Message)}";
            return null;
        }
    }

    /// <summary>Null from the second time on: it is closed by whoever has it.</summary>
    internal Socket? Hand() => Interlocked.Exchange(ref _socket, null);

    public void Dispose() => Hand()?.Dispose();
}
