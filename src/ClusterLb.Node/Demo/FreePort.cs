using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Demo;

/// <summary>Finds ports for the demo on a machine where something may already run.</summary>
internal static class FreePort
{
    /// <summary>The port itself when nobody listens there, else one that the system gives.</summary>
    public static int Near(int wanted) => IsFree(wanted) ? wanted : FromSystem();

    /// <summary>One that the system gives.</summary>
    public static int FromSystem()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
