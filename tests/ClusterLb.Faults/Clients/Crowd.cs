using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Faults.Clients;

/// <summary>Connections that somebody makes to do harm: opened many at a time, and closed all together.</summary>
/// <param name="from">Their address.</param>
/// <param name="to">Where they go.</param>
internal sealed class Crowd(IPEndPoint from, IPEndPoint to) : IDisposable
{
    private const int AtOnce = 64;

    /// <summary>Who is not let in by then waits in the kernel's queue, and is not counted.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Socket> _sockets = new();

    /// <summary>How many there are.</summary>
    public int Count => _sockets.Count;

    /// <param name="count">How many are tried.</param>
    /// <param name="hello">What each sends when it is there; none if empty.</param>
    /// <param name="stop">Ends it.</param>
    public Task ComeAsync(int count, ReadOnlyMemory<byte> hello, CancellationToken stop) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
            async (_, _) => await ComeAsync(hello));

    /// <summary>Each sends this; those that the node has closed are gone from then on.</summary>
    public void Send(ReadOnlySpan<byte> more)
    {
        for (var left = _sockets.Count; left > 0 && _sockets.TryDequeue(out var socket); left--)
        {
            try
            {
                socket.Send(more);
                _sockets.Enqueue(socket);
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    private async Task ComeAsync(ReadOnlyMemory<byte> hello)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var socket = await Sockets.ConnectAsync(from, to, patience.Token);
            _sockets.Enqueue(socket);
            await Sockets.SendAllAsync(socket, hello, patience.Token);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            // Not let in, or shown the door at once.
        }
    }
}
