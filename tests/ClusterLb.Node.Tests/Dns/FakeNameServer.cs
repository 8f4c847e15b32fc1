using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Tests.Dns;

/// <summary>Answers every question over UDP the same: with one address, with nonsense, or not at all.</summary>
internal sealed class FakeNameServer : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task _answering;

    private FakeNameServer() => _answering = AnswerAsync();

    public IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    /// <summary>Makes a reply of a question; null = none.</summary>
    public Func<byte[], byte[]?> Reply { get; set; } = static _ => null;

    /// <summary>The answer to a question for A, nothing to any other.</summary>
    public static byte[] AddressOf(byte[] question, IPAddress address)
    {
        // Behind the header of 12 bytes the name ends with a zero byte; its type follows.
        var end = Array.IndexOf(question, (byte)0, 12);
        var isA = question[end + 2] == 1;
        byte[] header = [question[0], question[1], 0x81, 0x80, 0, 1, 0, isA ? (byte)1 : (byte)0, 0, 0, 0, 0];
        byte[] record = isA ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, .. address.GetAddressBytes()] : [];
        return [.. header, .. question.AsSpan(12, end + 5 - 12), .. record];
    }

    public static FakeNameServer Start() => new();

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _answering;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync();
                if (Reply(question.Buffer) is { } reply) await _socket.SendAsync(reply, question.RemoteEndPoint);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
