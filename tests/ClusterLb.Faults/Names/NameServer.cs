using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Faults.Names;

/// <summary>A name server whose records change when a scenario wants them to.</summary>
internal sealed class NameServer : IDisposable
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<IPAddress>> _records = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public NameServer(IPAddress address)
    {
        _socket.Bind(new IPEndPoint(address, 0));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _ = AnswerAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>From the next answer on.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="addresses">None: the name is there and has no address.</param>
    public void Set(string name, params IReadOnlyList<IPAddress> addresses) => _records[name] = addresses;

    /// <summary>From the next answer on there is no such name (NXDOMAIN).</summary>
    public void Remove(string name) => _records.TryRemove(name, out _);

    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync()
    {
        var (buffer, anybody) = (new byte[512], new IPEndPoint(IPAddress.Any, 0));
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer.AsMemory(), anybody);
                var answer = NameMessage.Answer(buffer.AsSpan(0, received.ReceivedBytes), name => _records.GetValueOrDefault(name));
                if (answer is not null) await _socket.SendToAsync(answer.AsMemory(), received.RemoteEndPoint);
            }
            catch (SocketException failure) when (failure.SocketErrorCode != SocketError.OperationAborted)
            {
                // Whoever asked is gone.
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
