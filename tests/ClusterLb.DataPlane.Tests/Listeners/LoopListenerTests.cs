using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Listeners;

public sealed class LoopListenerTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private const int Clients = 40;

    [Fact]
    public async Task No_loop_accepts_more_once_the_limit_of_the_listener_is_reached()
    {
        var pieces = Enumerable.Range(0, 50).Select(_ => new TaskCompletionSource()).ToList();
        await using var backend =
            RawBackend.Start(_ =>
            new Reply("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n") { Then = [.. pieces.Select(piece => ((Task)piece.Task, "x"))] });
        await using var proxy = Start(backend);
        using var first = await RawClient.ConnectAsync(proxy.EndPoint);
        await first.SendAsync(Get);
        await Eventually.Is(() => backend.Requests.Count == 1);
        var waiting = new List<RawClient>();
        for (var i = 0; i < Clients; i++) waiting.Add(await RawClient.ConnectAsync(proxy.EndPoint));
        // Time for the other loops to have accepted theirs, and for all to have looked whether the first one may go.
        var head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) head += await first.ReadExactlyAsync(1);
        foreach (var piece in pieces)
        {
            piece.SetResult();
            Assert.Equal("x", await first.ReadExactlyAsync(1));
        }

        Assert.Equal(1, proxy.Host.Read().Listeners.Single().Accepted);
        foreach (var client in waiting) client.Dispose();
    }

    [Fact]
    public async Task At_the_limit_every_client_gets_its_turn_whatever_loop_it_is_on()
    {
        await using var backend = RawBackend.Start();
        await using var proxy = Start(backend);

        var statuses = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            return (await client.ReadAsync()).Status;
        }));

        Assert.All(statuses, status => Assert.Equal(200, status));
    }

    [Fact]
    public async Task Who_comes_while_a_listener_opens_is_refused_or_served_and_never_reset()
    {
        await using var backend = RawBackend.Start();
        for (var i = 0; i < 40; i++)
        {
            var bind = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
            var knocking = Enumerable.Range(0, 2).Select(_ => Task.Run(() => KnockAsync(bind))).ToList();
            await using var proxy = TestDataPlane.Start(Configs.Listener with { Bind = bind }, Configs.PoolOf(backend.EndPoint));
            foreach (var socket in await Task.WhenAll(knocking))
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(Get));
                Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1]));
                socket.Dispose();
            }
        }
    }

    /// <summary>Connects as fast as it can, without exceptions, until somebody listens.</summary>
    private static async Task<Socket> KnockAsync(IPEndPoint bind)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            // From another address: a port that nobody listens on can be given to whoever connects to it, who then has himself.
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            var done = new TaskCompletionSource();
            using var connecting = new SocketAsyncEventArgs { RemoteEndPoint = bind };
            connecting.Completed += (_, _) => done.SetResult();
            if (socket.ConnectAsync(connecting)) await done.Task;
            if (connecting.SocketError == SocketError.Success) return socket;
            Assert.Equal(SocketError.ConnectionRefused, connecting.SocketError);
            socket.Dispose();
        }
    }

    private static TestDataPlane Start(RawBackend backend)
    {
        var config = Configs.Of(Configs.Listener with { MaxConnections = 1 }, Configs.PoolOf(backend.EndPoint));
        return TestDataPlane.Start(config with { Node = config.Node with { EventLoops = 4 } });
    }
}
