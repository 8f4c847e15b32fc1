using System.Collections.Concurrent;
using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Epoll;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Listeners;

/// <summary>What a connection goes through before it is served may have to wait for its client, and holds up nobody else.</summary>
public sealed class ArrivalTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly EpollLoop _loop;
    private readonly LoopListener _listener;
    private IPEndPoint _endPoint = null!;

    public ArrivalTests()
    {
        _loop = new EpollLoop(0, "test", 18 * 1024, DescriptorBudget.Unlimited, _faults.Enqueue);
        _listener = new LoopListener(
            _loop, new LoopListeners(_loop, () => { }), Configs.Listener, new ConnectionGauge(10), new ConnectionGauge(10),
                new ClientGauge(2),
            new Greeting(), [new Password()]);
    }

    public Task InitializeAsync()
    {
        var socket = _loop.Listen(new BindAddress(new IPEndPoint(IPAddress.Loopback, 0)), _listener);
        _listener.Take(socket);
        _endPoint = socket.EndPoint;
        _loop.Start();
        return OnLoopAsync(() =>
        {
            _listener.Resume();
            return true;
        });
    }

    public Task DisposeAsync() => _loop.StopAsync();

    [Fact]
    public async Task Who_takes_its_time_holds_up_nobody()
    {
        using var slow = await RawClient.ConnectAsync(_endPoint);
        using var quick = await RawClient.ConnectAsync(_endPoint);
        await quick.SendAsync("please");
        Assert.Equal("welcome", await quick.ReadToEndAsync());

        await slow.SendAsync("ple");
        await slow.SendAsync("ase");
        Assert.Equal("welcome", await slow.ReadToEndAsync());
        await Eventually.Is(() => Volatile.Read(ref _listener.Counters.Active) == 0);
    }

    [Fact]
    public async Task Who_does_not_pass_is_never_served_and_gives_its_place_back()
    {
        // More, one after the other, than one client may have at once.
        for (var i = 0; i < 5; i++)
        {
            using var client = await RawClient.ConnectAsync(_endPoint);
            await client.SendAsync("now!!!");
            Assert.Equal("", await client.ReadToEndAsync());
            await Eventually.Is(() => Volatile.Read(ref _listener.Counters.Active) == 0);
        }

        Assert.Equal(0, _listener.Counters.ClientRejections);
    }

    [Fact]
    public async Task A_stage_that_throws_is_told_and_its_client_gives_its_place_back()
    {
        using var client = await RawClient.ConnectAsync(_endPoint);
        await client.SendAsync("throw!");
        Assert.True(await client.IsClosedAsync());
        await Eventually.Is(() => Volatile.Read(ref _listener.Counters.Active) == 0);
        Assert.Equal("thrown", Assert.Single(_faults).Message);
    }

    [Fact]
    public async Task Who_says_nothing_meanwhile_makes_room_for_others()
    {
        using var silent = await RawClient.ConnectAsync(_endPoint);
        await Eventually.Is(() => Volatile.Read(ref _listener.Counters.Active) == 1);
        await Eventually.Is(async () => await OnLoopAsync(() => _listener.Evict(Pressure.Full)) == Eviction.Evicted);
        Assert.True(await silent.IsClosedAsync());
        await Eventually.Is(() => Volatile.Read(ref _listener.Counters.Active) == 0);
    }

    private Task<T> OnLoopAsync<T>(Func<T> ask)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(_ => answer.SetResult(ask()), null);
        return answer.Task;
    }

    /// <summary>Six bytes that must be right.</summary>
    private sealed class Password : IAcceptStage
    {
        public async LoopTask<Connection?> PassAsync(Connection connection)
        {
            var said = new byte[6];
            for (var length = 0; length < said.Length;)
            {
                var received = await connection.ReceiveAsync(said.AsMemory(length), connection.Loop.Now + 60_000);
                if (received <= 0) return null;
                length += received;
            }

            if (said.AsSpan().SequenceEqual("throw!"u8)) throw new InvalidOperationException("thrown");
            return said.AsSpan().SequenceEqual("please"u8) ? connection : null;
        }
    }

    private sealed class Greeting : IProtocol
    {
        public TrafficCounters Traffic { get; } = new();

        public ClientConnection Accept(LoopListener listener, Connection connection) => new Greeted(listener, connection);

        public bool TryFollow(ListenerConfig config) => true;

        public void KeepRoutes()
        {
        }
    }

    private sealed class Greeted(LoopListener listener, Connection connection) : ClientConnection
    {
        public override long WaitsFrom => long.MaxValue;

        public override long StallsFrom => long.MaxValue;

        public override async LoopTask<bool> ServeAsync()
        {
            await connection.SendAsync("welcome"u8.ToArray(), connection.Loop.Now + 60_000);
            connection.Close();
            listener.Closed(this, connection.Peer);
            return true;
        }

        public override void PeerClosed(Connection connection, bool broken)
        {
        }

        public override void Drain()
        {
        }

        public override bool Cut(Backend backend) => false;

        public override void Close() => connection.Close();

        public override void Evict() => connection.Abort();
    }
}
