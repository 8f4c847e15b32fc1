using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Zones;

namespace ClusterLb.Node.Tests.Dns.Serving;

/// <summary>Asks a name server over real sockets.</summary>
internal static class NameClient
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <returns>Null when nothing comes back in time.</returns>
    public static Task<Answered?> AskAsync(IPEndPoint server, string name, RecordType type, byte[]? tail = null) =>
        SendAsync(server, QueryBytes.Of(name, type, tail: tail), s_patience);

    /// <returns>Null when nothing comes back in time, or nobody listens.</returns>
    public static async Task<Answered?> SendAsync(IPEndPoint server, byte[] message, TimeSpan patience)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var end = new CancellationTokenSource(patience);
        var response = new byte[4_096];
        try
        {
            // Connected: an answer from another address than was asked does not arrive.
            await socket.ConnectAsync(server, end.Token);
            await socket.SendAsync(message, end.Token);
            return Answered.Read(response.AsSpan(0, await socket.ReceiveAsync(response, end.Token)));
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    public static async Task<NetworkStream> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public static byte[] Framed(byte[] message) => [.. QueryBytes.Short((ushort)message.Length), .. message];

    /// <returns>Null at the end of the stream, however it comes.</returns>
    public static async Task<Answered?> ReadAsync(NetworkStream stream)
    {
        try
        {
            var length = new byte[2];
            await stream.ReadExactlyAsync(length);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(message);
            return Answered.Read(message);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
