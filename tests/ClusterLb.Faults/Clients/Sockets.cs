using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Faults.Clients;

/// <summary>What connections of all protocols do with their socket.</summary>
internal static class Sockets
{
    public static async Task<Socket> ConnectAsync(IPEndPoint from, IPEndPoint to, CancellationToken patience)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(from);
            await socket.ConnectAsync(to, patience);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken patience)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, patience)..];
    }

    /// <summary>Closed, or something came that nobody asked for.</summary>
    public static bool IsOver(Socket socket) => socket.Poll(0, SelectMode.SelectRead);
}
