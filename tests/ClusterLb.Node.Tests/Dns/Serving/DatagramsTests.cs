using System.Net;
using System.Net.Sockets;
using ClusterLb.Node.Dns.Serving;

namespace ClusterLb.Node.Tests.Dns.Serving;

/// <summary>Both ways to a UDP port do the same.</summary>
public sealed class DatagramsTests
{
    public static TheoryData<string, string> Ways => new()
    {
        { "linux", "127.0.0.1" }, { "linux", "::1" }, { "linux", "::ffff:127.0.0.1" },
        { "portable", "127.0.0.1" }, { "portable", "::1" }, { "portable", "::ffff:127.0.0.1" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_datagram_is_received_with_its_sender_and_answered(string way, string from)
    {
        var address = IPAddress.Parse(from);
        var (port, at) = Open(way, isV6: address.AddressFamily == AddressFamily.InterNetworkV6);
        using var _ = port;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        using var client = new Socket(plain.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(new IPEndPoint(plain, at));
        await client.SendAsync("question"u8.ToArray());
        var buffer = new byte[100];

        var length = port.Receive(buffer);
        Assert.Equal("question"u8.ToArray(), buffer[..length]);
        Assert.Equal(plain, new IPAddress(port.Sender));
        port.Answer("answer"u8);
        Assert.Equal(6, await client.ReceiveAsync(buffer));
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("portable")]
    public async Task Who_waits_is_told_that_it_is_closed(string way)
    {
        var (port, _) = Open(way, isV6: false);
        var waiting = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            waiting.SetResult();
            Assert.Throws<ObjectDisposedException>(() => port.Receive(new byte[100]));
        });
        thread.Start();
        await waiting.Task;
        // It may not wait yet: closed before or while it does, it ends.
        await Task.Delay(20);

        port.Close();

        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
        port.Dispose();
    }

    private static (IDatagrams Port, int At) Open(string way, bool isV6)
    {
        var socket = new Socket(isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (isV6) socket.DualMode = true;
        socket.Bind(new IPEndPoint(isV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        var at = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return (way == "linux" ? new LinuxDatagrams(socket) : new SocketDatagrams(socket), at);
    }
}
