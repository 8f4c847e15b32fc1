using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Epoll;
using ClusterLb.DataPlane.Transport.Sockets;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Transport;

/// <summary>A connection may wrap another and is one like any other, over either transport.</summary>
public sealed class WrappingConnectionTests
{
    private const long Patience = 60_000;

    public static TheoryData<TransportKind> Transports() => new(TransportKind.Epoll, TransportKind.Sockets);

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Megabytes_pass_both_ways_changed_on_the_wire(TransportKind transport)
    {
        await using var server = new Server(transport, EchoAsync);
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        var body = Bodies.Of(4_000_000);

        var sending = client.SendAsync(Flipped(body));
        Assert.Equal(body, Flipped(await client.ReadExactlyAsync(body.Length)));

        await sending;
        client.EndSending();
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_receive_has_its_deadline(TransportKind transport)
    {
        await using var server = new Server(transport, async connection =>
        {
            var received = await connection.ReceiveAsync(new byte[10], connection.Loop.Now + 50);
            await connection.SendAsync(received == IoResult.TimedOut
                ? "late"u8.ToArray()
                : "what"u8.ToArray(), connection.Loop.Now + Patience);
            connection.Close();
            return true;
        });
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        Assert.Equal("late", Flipped(await client.ReadToEndAsync()));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_holds_it_while_nobody_reads_hears_that_the_peer_went_away(TransportKind transport)
    {
        var gone = new TaskCompletionSource();
        await using var server = new Server(transport, connection =>
        {
            connection.HangupObserver = new Observer(gone);
            return new LoopTask<bool>(true);
        });
        var client = await RawClient.ConnectAsync(server.EndPoint);
        client.Reset();
        await gone.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_leaves_reads_what_still_comes_and_ends_with_its_peer(TransportKind transport)
    {
        await using var server = new Server(transport, async connection =>
        {
            await connection.SendAsync("bye"u8.ToArray(), connection.Loop.Now + Patience);
            connection.Leave();
            return true;
        });
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync("nobody reads this");
        Assert.Equal("bye", Flipped(await client.ReadToEndAsync()));
        client.EndSending();
    }

    [Fact]
    public async Task Bytes_that_change_on_the_way_are_not_spliced()
    {
        var fits = new TaskCompletionSource<(bool Plain, bool Wrapped, bool Pipe)>();
        await using var server = new Server(TransportKind.Epoll, connection =>
        {
            var inner = ((Flipping)connection).Plain;
            fits.SetResult((Pipe.Fits(inner, inner), Pipe.Fits(inner, connection), Pipe.Between(connection, inner) is not null));
            connection.Close();
            return new LoopTask<bool>(true);
        });
        using var client = await RawClient.ConnectAsync(server.EndPoint);
        Assert.Equal((true, false, false), await fits.Task);
    }

    private static async LoopTask<bool> EchoAsync(Connection connection)
    {
        var buffer = new byte[10_000];
        while (true)
        {
            var received = await connection.ReceiveAsync(buffer, connection.Loop.Now + Patience);
            if (received <= 0 || await connection.SendAsync(buffer.AsMemory(0, received), connection.Loop.Now + Patience) != IoResult.Ready)
                break;
        }

        connection.Close();
        return true;
    }

    private static string Flipped(string text) => string.Create(text.Length, text, static (span, from) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = (char)(from[i] ^ 1);
    });

    /// <summary>Accepts on a loop of its own, and serves each client over a connection that flips a bit of every byte.</summary>
    private sealed class Server : IConnectionHandler, IAsyncDisposable
    {
        private readonly EventLoop _loop;
        private readonly Func<Connection, LoopTask<bool>> _serve;

        public Server(TransportKind transport, Func<Connection, LoopTask<bool>> serve)
        {
            _serve = serve;
            _loop = transport == TransportKind.Epoll
                ? new EpollLoop(0, "test", 1_024, DescriptorBudget.Unlimited, Fail)
                : new SocketLoop(0, "test", 1_024, Fail);
            var listener = _loop.Listen(new BindAddress(new IPEndPoint(IPAddress.Loopback, 0)), this);
            listener.Resume();
            EndPoint = listener.EndPoint;
            _loop.Start();
        }

        public IPEndPoint EndPoint { get; }

        public bool IsFull => false;

        private Exception? Fault { get; set; }

        public void Accepted(Connection connection) => _loop.Launch(_serve(new Flipping(connection)));

        public void AcceptFailed(string reason) => throw new SocketException((int)SocketError.TooManyOpenSockets);

        public async ValueTask DisposeAsync()
        {
            await _loop.StopAsync();
            if (Fault is { } fault) throw new InvalidOperationException("loop code threw", fault);
        }

        private void Fail(Exception fault) => Fault ??= fault;
    }

    private sealed class Flipping(Connection inner) : WrappingConnection(inner)
    {
        public Connection Plain => Inner;

        protected override bool HasMore => false;

        protected internal override int ReceiveNow(Span<byte> destination)
        {
            var received = Inner.ReceiveNow(destination);
            for (var i = 0; i < received; i++) destination[i] ^= 1;
            return received;
        }

        protected internal override int SendNow(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
        {
            var flipped = new byte[first.Length + second.Length];
            first.Span.CopyTo(flipped);
            second.Span.CopyTo(flipped.AsSpan(first.Length));
            for (var i = 0; i < flipped.Length; i++) flipped[i] ^= 1;
            return Inner.SendNow(flipped, default);
        }
    }

    private sealed class Observer(TaskCompletionSource gone) : IHangupObserver
    {
        public void PeerClosed(Connection connection, bool broken)
        {
            connection.Close();
            gone.TrySetResult();
        }
    }
}
