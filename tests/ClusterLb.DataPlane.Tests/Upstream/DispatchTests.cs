using System.Net;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

/// <summary>The way of a request or a connection through its pool is one, whatever protocol it came by.</summary>
public sealed class DispatchTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    public static TheoryData<ListenerProtocol> Protocols() => new(ListenerProtocol.Http, ListenerProtocol.Tcp);

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_retry_counts_for_the_backend_that_failed(ListenerProtocol protocol)
    {
        await using var alive = RawBackend.Start("alive");
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Protocol = protocol },
            Configs.PoolOf(Nowhere(), alive.EndPoint));
        // Round-robin begins anywhere; two clients meet both.
        for (var i = 0; i < 2; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }

        var backends = proxy.Host.Read().Backends;
        Assert.Equal((1, 1), (backends[0].Retries, backends[0].ConnectFailures));
        Assert.Equal((0, 0), (backends[1].Retries, backends[1].ConnectFailures));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Who_nobody_serves_is_logged_with_the_last_failure(ListenerProtocol protocol)
    {
        var line = await LineAsync(Configs.Listener with { Protocol = protocol }, Configs.PoolOf(Nowhere(), Nowhere()), async proxy =>
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            await client.ReadToEndAsync();
        });

        Assert.Contains(" ended_by=proxy ", line, StringComparison.Ordinal);
        Assert.EndsWith(" reason=\"connection refused\"", line, StringComparison.Ordinal);
        Assert.Contains($" attempts={1 + Configs.Pool.Retry.Attempts} ", line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Who_leaves_the_queue_did_so_itself(ListenerProtocol protocol)
    {
        var answer = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task, Close = true });
        var pool = Configs.Pool with
        {
            Backends = [Configs.Backend("b1", backend.EndPoint, maxInFlight: 1)],
            Queue = new QueueConfig { Length = 10, Timeout = TimeSpan.FromMinutes(1) }
        };
        var line = await LineAsync(Configs.Listener with { Protocol = protocol }, pool, async proxy =>
        {
            using var first = await RawClient.ConnectAsync(proxy.EndPoint);
            await first.SendAsync(Get);
            await Eventually.Is(() => backend.Requests.Count == 1);
            var second = await RawClient.ConnectAsync(proxy.EndPoint);
            await second.SendAsync(Get);
            await Eventually.Is(() => proxy.Host.Read().Pools.Single().Waiting == 1);
            second.Reset();
            await Eventually.Is(() => proxy.Host.ActiveClients == 1);
            answer.SetResult();
            await first.ReadToEndAsync();
        });

        Assert.Contains(" ended_by=client ", line, StringComparison.Ordinal);
        Assert.EndsWith(" reason=\"client left while it waited\"", line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Whatever_becomes_of_a_try_its_lease_comes_back(ListenerProtocol protocol)
    {
        var turn = 0;
        await using var backend =
            RawBackend.Start(_ => (turn++ % 3) switch
            {
                0 => new Reply("", Close: true),
                1 => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Close: true),
                _ => Reply.Ok() with { Close = true }
            });
        await using var proxy = TestDataPlane.Start(Configs.Listener with { Protocol = protocol },
            Configs.PoolOf(Nowhere(), backend.EndPoint));
        for (var i = 0; i < 12; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync(Get);
            if (i % 4 == 0)
            {
                client.Reset();
                continue;
            }

            await client.ReadToEndAsync();
        }

        await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        Assert.All(proxy.Pool.Members, member => Assert.Equal(0, member.Load.InFlight));
    }

    /// <summary>The first line of the access log.</summary>
    private static async Task<string> LineAsync(ListenerConfig listener, PoolConfig pool, Func<TestDataPlane, Task> play)
    {
        using var output = new MemoryStream();
        await using (var sink = new AccessLogSink(output))
        {
            await using var proxy = TestDataPlane.StartLogged(sink, AccessLogFormat.Text, listener, pool);
            await play(proxy);
            await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        }

        return Encoding.UTF8.GetString(output.ToArray()).Split('\n')[0];
    }

    private static IPEndPoint Nowhere() => new(IPAddress.Loopback, FreePorts.Next());
}
