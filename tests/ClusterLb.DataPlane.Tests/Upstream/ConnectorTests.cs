using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

/// <summary>Connects to a backend that has many addresses, in turn.</summary>
public sealed class ConnectorTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private static readonly IPEndPoint s_first = new(IPAddress.Parse("10.0.0.1"), 80);
    private static readonly IPEndPoint s_second = new(IPAddress.Parse("2001:db8::1"), 80);
    private static readonly IPEndPoint s_third = new(IPAddress.Parse("2001:db8::2"), 80);

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task Where_the_first_refuses_the_second_is_used_and_comes_first_from_then_on(TransportKind transport)
    {
        await using var server = RawBackend.Start();
        var refusing = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var pool = Configs.PoolOf(refusing);
        pool = pool with { Backends = [pool.Backends[0] with { Addresses = [refusing, server.EndPoint] }] };
        await using var proxy = TestDataPlane.Start(transport, Configs.Listener, pool);
        var backend = proxy.Pool.Members[0];
        Assert.Equal(refusing, backend.AddressAt(0));

        for (var i = 0; i < 3; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }

        Assert.Empty(proxy.Failures);
        Assert.Equal(server.EndPoint, backend.AddressAt(0));
    }

    [Fact]
    public void What_is_left_of_the_time_is_shared_among_those_that_are_left()
    {
        var loop = new ScriptedLoop();

        Assert.Equal(IoResult.TimedOut, Connect(loop, new() { [s_third] = IoResult.TimedOut }, s_first, s_second, s_third));

        Assert.Equal([(s_first, 300), (s_second, 450), (s_third, 900)], loop.Asked);
    }

    [Fact]
    public void One_address_has_all_of_it()
    {
        var loop = new ScriptedLoop();

        Assert.Equal(IoResult.Refused, Connect(loop, [], s_first));

        Assert.Equal([(s_first, 900)], loop.Asked);
    }

    [Fact]
    public void Without_an_address_nobody_is_asked()
    {
        var loop = new ScriptedLoop();

        Assert.Equal(IoResult.Unreachable, Connect(loop, []));

        Assert.Empty(loop.Asked);
    }

    [Fact]
    public void The_one_that_is_preferred_is_tried_first_then_the_others_in_turn()
    {
        var (loop, backend) = (new ScriptedLoop(), Of(s_first, s_second, s_third));
        backend.Prefer(s_second);

        Assert.Equal(IoResult.Refused, Connect(loop, backend));

        Assert.Equal([s_second, s_third, s_first], loop.Asked.Select(asked => asked.EndPoint));
        Assert.Equal(s_second, backend.AddressAt(0));
    }

    private static int Connect(ScriptedLoop loop, Dictionary<IPEndPoint, int> results, params IPEndPoint[] addresses)
    {
        foreach (var (endPoint, result) in results) loop.Results[endPoint] = result;
        return Connect(loop, Of(addresses));
    }

    private static int Connect(ScriptedLoop loop, Backend backend) =>
        new Connector(loop, () => { }).ConnectAsync(backend, 900).GetAwaiter().GetResult().Status;

    private static Backend Of(params IPEndPoint[] addresses) => new("app", "b1", s_first, 0, 1, 0) { Addresses = addresses };

    /// <summary>Never started: connects end at once, its clock stands, so that times are exact.</summary>
    private sealed class ScriptedLoop() : EventLoop(0, "test", 1_024, _ => { })
    {
        /// <summary>By address; else it refuses.</summary>
        public Dictionary<IPEndPoint, int> Results { get; } = [];

        /// <summary>With how many milliseconds each was given.</summary>
        public List<(IPEndPoint EndPoint, int Time)> Asked { get; } = [];

        public override LoopTask<ConnectResult> ConnectAsync(IPEndPoint endPoint, long deadline)
        {
            Asked.Add((endPoint, (int)(deadline - Now)));
            return new LoopTask<ConnectResult>(new ConnectResult(null, Results.GetValueOrDefault(endPoint, IoResult.Refused)));
        }

        public override IListener Listen(in BindAddress bind, IConnectionHandler handler) => throw new NotSupportedException();

        public override IListener Adopt(Socket socket, IConnectionHandler handler) => throw new NotSupportedException();

        protected override void Turn(int timeoutMilliseconds) => throw new NotSupportedException();

        protected override void Wake() => throw new NotSupportedException();

        protected override void CloseAll()
        {
        }
    }
}
