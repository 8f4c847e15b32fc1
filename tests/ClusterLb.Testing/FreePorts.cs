using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Testing;

/// <summary>
/// Loopback ports that nobody listens on, each handed out once in a process. Below those that the system gives to whoever connects (from
/// 32768 on Linux): one of these could be an outgoing connection's by the time that a killed server comes back to it.
/// </summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int AfterLast = 32_000;

    private static readonly ConcurrentDictionary<int, bool> s_given = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, AfterLast);
            if (IsFree(port) && s_given.TryAdd(port, true)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
