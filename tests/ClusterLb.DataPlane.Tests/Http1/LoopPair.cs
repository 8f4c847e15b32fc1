using System.Net;
using System.Net.Sockets;
using ClusterLb.DataPlane.Tests.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>A connection on a loop, and the socket at its other end, which the test's own code uses.</summary>
internal static class LoopPair
{
    public static async Task<T> RunAsync<T>(Func<Connection, Socket, LoopTask<T>> code)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return await OnLoop.RunAsync(async loop =>
        {
            var connected = await loop.ConnectAsync((IPEndPoint)listener.LocalEndpoint, loop.Now + 10_000);
            using var peer = listener.AcceptSocket();
            var result = await code(connected.Connection!, peer);
            connected.Connection!.Close();
            return result;
        });
    }
}
