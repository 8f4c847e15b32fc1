using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Time;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Dns.Serving;
using ClusterLb.Node.Tests.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Zones;
using ClusterLb.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Dns.Serving;

public sealed class StreamServerTests : IAsyncDisposable
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly DnsCounts _counts = new();
    private readonly FakeTimeProvider _time = new();
    private StreamServer? _server;

    private IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    [Fact]
    public async Task A_connection_that_says_nothing_whole_is_closed_after_a_while()
    {
        var at = Start();
        using var silent = await NameClient.ConnectAsync(at);
        using var slow = await NameClient.ConnectAsync(at);
        await slow.WriteAsync(NameClient.Framed(QueryBytes.Of(SampleZone.Name, RecordType.A)).AsMemory(0, 9));

        await Eventually.Is(() => _counts.Connections == 2);

        await Eventually.Is(() =>
        {
            _time.Advance(s_idle);
            return _counts.Connections == 0;
        });
        Assert.Null(await NameClient.ReadAsync(silent));
        Assert.Null(await NameClient.ReadAsync(slow));
    }

    [Fact]
    public async Task Every_whole_query_begins_the_while_anew()
    {
        var at = Start();
        using var stream = await NameClient.ConnectAsync(at);

        for (var i = 0; i < 5; i++)
        {
            await AskAsync(stream);
            _time.Advance(s_idle * 0.7);
        }
    }

    [Fact]
    public async Task Of_too_many_the_one_that_was_silent_for_longest_makes_room()
    {
        var at = Start();
        var streams = new List<NetworkStream>();
        for (var i = 0; i < StreamServer.MostConnections; i++) streams.Add(await NameClient.ConnectAsync(at));
        await Eventually.Is(() => _counts.Connections == StreamServer.MostConnections);
        // The first is heard last.
        _time.Advance(s_idle * 0.1);
        await AskAsync(streams[0]);

        using var more = await NameClient.ConnectAsync(at);
        await AskAsync(more);

        await AskAsync(streams[0]);
        await Eventually.Is(() => streams.Count(stream => stream.Socket.Poll(0, SelectMode.SelectRead)) == 1);
        await Eventually.Is(() => _counts.Connections == StreamServer.MostConnections);
        foreach (var stream in streams) await stream.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _listener.Dispose();
    }

    private static async Task AskAsync(NetworkStream stream)
    {
        await stream.WriteAsync(NameClient.Framed(QueryBytes.Of(SampleZone.Name, RecordType.A)));
        Assert.NotNull(await NameClient.ReadAsync(stream));
    }

    private IPEndPoint Start()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(200);
        var zone = SampleZone.OfMany(2);
        var responder = new Responder(() => zone, () => SampleZone.Config, new ServerCookie(new byte[16]), _counts,
            new Clock(_time));
        _server = new StreamServer(_listener, responder, _counts, s_idle, _time, fault => throw fault);
        return EndPoint;
    }
}
