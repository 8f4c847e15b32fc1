using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Testing;

/// <summary>Loopback ports that nobody listens on, each handed out once in a process: the system may give one again as soon as it is let go.</summary>
public static class FreePorts
{
    private static readonly ConcurrentDictionary<int, bool> s_given = new();

    public static int Next()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (s_given.TryAdd(port, true)) return port;
        }
    }
}
