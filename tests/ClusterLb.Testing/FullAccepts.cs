using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Testing;

/// <summary>
/// Connections that fill a listener's queue: the kernel answers no more of them until somebody accepts, as a machine that is gone would.
/// </summary>
public sealed class FullAccepts : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);

    private readonly List<Socket> _ahead = [];

    private FullAccepts()
    {
    }

    /// <summary>Connects until two in a row find no room: one alone may only have been late.</summary>
    public static async Task<FullAccepts> FillAsync(IPEndPoint place)
    {
        var full = new FullAccepts();
        for (var late = 0; late < 2;)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            full._ahead.Add(socket);
            using var patience = new CancellationTokenSource(s_patience);
            try
            {
                await socket.ConnectAsync(place, patience.Token);
                late = 0;
            }
            catch (OperationCanceledException)
            {
                late++;
            }
        }

        return full;
    }

    public void Dispose() => _ahead.ForEach(socket => socket.Dispose());
}
