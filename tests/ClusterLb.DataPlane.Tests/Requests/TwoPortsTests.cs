using System.Collections.Concurrent;
using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Tests.Http1.Wire;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;
using ClusterLb.DataPlane.Workers;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Requests;

/// <summary>An exchange between two ports that speak no version of HTTP and have no connection: what it is, whatever they are.</summary>
public sealed class TwoPortsTests : IOutcomeSink, IPoolEvents
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

    private static readonly string s_get = RequestTexts.With("GET /a?b HTTP/1.1", "Host: shop");

    [Fact]
    public async Task A_request_goes_out_and_its_response_comes_back()
    {
        var client = new FakeDownstream(s_get, new FakeBodyReader(0, ""));
        var backend = new FakeUpstream(new FakeTry(IoResult.Ready, Ok) { Body = new FakeBodyReader(5, "he", "llo") });

        await ServeAsync(client, backend);

        Assert.Equal(["open b1", "GET /a?b of shop", "end clean"], Named(backend));
        Assert.Equal(["H."], backend.Request.Sent);
        Assert.Equal(["begin 200", "whole"], client.Told);
        Assert.Equal(["Hhe", "llo."], client.Answer.Sent);
    }

    [Fact]
    public async Task A_body_goes_out_behind_its_head_and_as_often_as_it_has_to()
    {
        var put = RequestTexts.With("PUT / HTTP/1.1", "Host: x", "Content-Length: 4");
        var client = new FakeDownstream(put, new FakeBodyReader(4, "bo", "dy"));
        var backend = new FakeUpstream(
            new FakeTry(IoResult.Ready), new FakeTry(IoResult.Ready, "HTTP/1.1 204 No Content\r\n\r\n"));

        await ServeAsync(client, backend);

        Assert.Equal(["Hbody.", "Hbody."], backend.Request.Sent);
        Assert.Equal(["begin 204", "whole"], client.Told);
    }

    [Fact]
    public async Task Interim_answers_pass_and_the_final_one_is_the_last()
    {
        var client = new FakeDownstream(s_get, new FakeBodyReader(0, ""));
        var early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        var backend = new FakeUpstream(new FakeTry(IoResult.Ready, early, early, "HTTP/1.1 204 No Content\r\n\r\n"));

        await ServeAsync(client, backend);

        Assert.Equal(["interim 103", "interim 103", "begin 204", "whole"], client.Told);
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_left_for_another()
    {
        var client = new FakeDownstream(RequestTexts.With("POST / HTTP/1.1", "Host: x"), new FakeBodyReader(0, ""));
        var backend = new FakeUpstream(
            new FakeTry(IoResult.Refused), new FakeTry(IoResult.Ready, "HTTP/1.1 204 No Content\r\n\r\n"));

        await ServeAsync(client, backend);

        Assert.Equal(["begin 204", "whole"], client.Told);
        Assert.NotEqual(backend.Asked[0], backend.Asked[2]);
    }

    [Fact]
    public async Task A_way_that_was_closed_behind_our_back_is_made_anew()
    {
        var client = new FakeDownstream(s_get, new FakeBodyReader(0, ""));
        var backend = new FakeUpstream(
            new FakeTry(IoResult.Ready) { IsReused = true, Failed = IoResult.EndOfStream },
            new FakeTry(IoResult.Ready, "HTTP/1.1 204 No Content\r\n\r\n"));

        await ServeAsync(client, backend);

        Assert.Equal(["begin 204", "whole"], client.Told);
        Assert.Equal([false, true], backend.Asked.Where(asked => asked.StartsWith("open", StringComparison.Ordinal))
            .Select(asked => asked.EndsWith(" anew", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_response_that_breaks_off_is_shown_to_be_cut()
    {
        var client = new FakeDownstream(s_get, new FakeBodyReader(0, ""));
        var backend = new FakeUpstream(new FakeTry(IoResult.Ready, Ok) { Body = new FakeBodyReader(5, "he", IoResult.Reset) });

        await ServeAsync(client, backend);

        Assert.Equal(["begin 200", "cut short", "not whole"], client.Told);
        Assert.Equal("end", backend.Asked[^1]);
    }

    [Fact]
    public async Task What_is_no_response_is_502_and_nobody_is_asked_twice()
    {
        var client = new FakeDownstream(s_get, new FakeBodyReader(0, ""));
        var backend = new FakeUpstream(new FakeTry(IoResult.Ready) { Failed = IUpstream.ProtocolError });

        await ServeAsync(client, backend);

        Assert.Equal(["answer 502"], client.Told);
        Assert.Single(backend.Asked, asked => asked.StartsWith("open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_switch_that_nobody_asked_for_is_no_response()
    {
        var client = new FakeDownstream(s_get, new FakeBodyReader(0, ""));
        var backend = new FakeUpstream(new FakeTry(IoResult.Ready, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"));

        await ServeAsync(client, backend);

        Assert.Equal(["answer 502"], client.Told);
    }

    [Fact]
    public async Task A_client_that_is_gone_is_asked_for_nothing_and_told_nothing()
    {
        var client = new FakeDownstream(s_get, new FakeBodyReader(0, "")) { IsGone = true };
        var backend = new FakeUpstream(new FakeTry(IoResult.Ready, Ok));

        await ServeAsync(client, backend);

        Assert.Equal(["not whole"], client.Told);
        Assert.Equal(["open b1", "end"], Named(backend));
    }

    [Fact]
    public async Task A_client_that_breaks_its_request_is_told_and_its_backend_is_left()
    {
        var post = RequestTexts.With("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked");
        var client = new FakeDownstream(post, new FakeBodyReader(-1, "ab", MessageEnd.Malformed));
        var backend = new FakeUpstream(new FakeTry(IoResult.Ready));

        await ServeAsync(client, backend);

        Assert.Equal(["answer 400"], client.Told);
        Assert.Contains("abort", backend.Asked);
    }

    void IOutcomeSink.Report(Backend backend, in Outcome outcome)
    {
    }

    void IPoolEvents.EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    void IPoolEvents.FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    /// <summary>Round-robin begins anywhere: the first backend is called b1.</summary>
    private static string[] Named(FakeUpstream backend)
    {
        var first = backend.Asked[0].Split(' ')[1];
        return [.. backend.Asked.Select(asked => asked.Replace(first, "b1", StringComparison.Ordinal))];
    }

    private Task<bool> ServeAsync(FakeDownstream client, FakeUpstream backend) => OnLoop.RunAsync(async loop =>
    {
        var endPoints = Enumerable.Range(1, 2).Select(i => new IPEndPoint(IPAddress.Loopback, 9_000 + i)).ToArray();
        var config = Configs.Of(Configs.Listener, Configs.PoolOf(endPoints));
        var tables = new RoutingTableHolder();
        tables.Publish(new RoutingTableBuilder(this).Build(config, 0));
        var worker = new Worker(
            loop, tables, this, FakeSessionDirectory.Unused(), new ConcurrentDictionary<Pool, PoolQueue>(), seed: 1, TimeProvider.System);
        var services = new ExchangeServices(worker, "web", new HttpSettings(Configs.Listener, Configs.Node, new byte[16]),
            new CurrentRoutes(tables, "web"), new TrafficCounters());
        var exchange = new Exchange(services, client, backend);
        exchange.Accept();
        exchange.Begin();
        await exchange.ServeAsync();
        exchange.End();
        Assert.All(tables.Current.Pools[0].Members, member => Assert.Equal(0, member.Load.InFlight));
        return true;
    });
}
