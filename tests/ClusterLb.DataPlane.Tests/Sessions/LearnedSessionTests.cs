using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Sessions;

/// <summary><c>sticky.by = app-cookie | header | source-ip</c>, from outside.</summary>
public sealed class LearnedSessionTests : IAsyncLifetime
{
    private int _sessions;
    private RawBackend[] _backends = [];

    public Task InitializeAsync()
    {
        _backends = [.. new[] { "b1", "b2", "b3" }.Select(name => RawBackend.Start(request => new Reply(
            $"HTTP/1.1 200 OK\r\n"
                + (request.Line.Contains("/login", StringComparison.Ordinal)
                    ? $"Set-Cookie: a=b\r\nSet-Cookie: JSESSIONID=s{Interlocked.Increment(ref _sessions)}; Path=/\r\n"
                    : "")
                + $"Content-Length: 2\r\n\r\n{name}")))];
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var backend in _backends) await backend.DisposeAsync();
    }

    [Fact]
    public async Task The_applications_cookie_is_learned_before_its_client_has_it()
    {
        await using var proxy = Start(StickyBy.AppCookie, "JSESSIONID");
        var home = (await GetAsync(proxy, "/login")).Body;

        Assert.Equal(1, proxy.Bindings.Count);
        for (var i = 0; i < 6; i++) Assert.Equal(home, (await GetAsync(proxy, "/", "Cookie: x=y; JSESSIONID=s1")).Body);
    }

    [Fact]
    public async Task What_the_hash_would_find_is_learned_by_this_node_alone_and_all_else_is_told()
    {
        await using var proxy = Start(StickyBy.AppCookie, "JSESSIONID");
        for (var i = 1; i <= 12; i++)
        {
            var served = (await GetAsync(proxy, "/login")).Body;
            var session = Session($"s{i}");
            var isHome = proxy.Pool.Homes.Of(session, 0)!.Name == served;
            Assert.Equal(isHome, !proxy.Directory.Asked.Contains(("claim", session)));
            Assert.True(proxy.Bindings.TryGet(session, 0, out var known));
            Assert.Equal((isHome, served), (known.IsLocal, proxy.Pool.Find(known.Backend)!.Name));
        }
    }

    [Fact]
    public async Task Without_the_applications_cookie_the_policy_decides()
    {
        await using var proxy = Start(StickyBy.AppCookie, "JSESSIONID");
        var seen = new HashSet<string>();
        for (var i = 0; i < 6; i++) seen.Add((await GetAsync(proxy, "/")).Body);

        Assert.Equal(3, seen.Count);
        Assert.Empty(proxy.Directory.Asked);
    }

    [Theory]
    [InlineData("J=x; Max-Age=0", 0)]
    [InlineData("J=x; path=/; max-age=-1", 0)]
    [InlineData("J=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0)]
    [InlineData("J=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", 1)]
    [InlineData("J=x; Expires=Thu, 01 Jan 2099 00:00:00 GMT", 1)]
    [InlineData("J=x; Expires=soon", 1)]
    [InlineData("J=x; Expires=Thu, 01-Jan-1970 00:00:00 GMT", 0)]
    [InlineData("J=x; Expires=Thursday, 01-Jan-70 00:00:01 GMT", 0)]
    [InlineData("J=x; Expires=Thu Jan  1 00:00:00 1970", 0)]
    [InlineData("J=x; Max-Age=00", 0)]
    [InlineData("J=x; Max-Age=-99999999999999999999", 0)]
    [InlineData("J=x; Max-Age=99999999999999999999", 1)]
    [InlineData("J=x; Max-Age=60; Max-Age=0", 0)]
    [InlineData("J=x; Max-Age=0; Max-Age=60", 1)]
    [InlineData("J=x; Max-Age=\"0\"", 1)]
    [InlineData("J=x; Max-Age=+0", 1)]
    [InlineData("J=x; Max-Age=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0)]
    [InlineData(" J = x ; Path=/", 1)]
    [InlineData("J=", 0)]
    [InlineData("J", 0)]
    [InlineData("JJ=x", 0)]
    [InlineData("J=x; Path=/\r\nSet-Cookie: J=; Max-Age=0; Path=/old", 1)]
    [InlineData("J=x; Path=/\r\nSet-Cookie: J=deleted; Max-Age=0; Path=/old", 1)]
    public async Task Only_a_cookie_that_the_client_is_to_keep_is_learned(string set, int learned)
    {
        await using var backend = RawBackend.Start(_ => new Reply($"HTTP/1.1 200 OK\r\nSet-Cookie: {set}\r\nContent-Length: 0\r\n\r\n"));
        await using var proxy = TestDataPlane.Start(Configs.Listener,
            Configs.PoolOf(backend.EndPoint) with { Sticky = Configs.Sticky with { By = StickyBy.AppCookie, Name = "J" } });
        await GetAsync(proxy, "/");

        Assert.Equal(learned, proxy.Bindings.Count);
        if (learned == 1) Assert.True(proxy.Bindings.TryGet(SessionKey.Of(StableHash.Of("app"), "x"u8), 0, out _));
    }

    [Fact]
    public async Task An_empty_value_is_none_and_a_second_one_is_refused()
    {
        await using var proxy = Start(StickyBy.AppCookie, "JSESSIONID");
        Assert.Equal(400, (await GetAsync(proxy, "/", "Cookie: JSESSIONID=; JSESSIONID=s1")).Status);
        Assert.Equal(400, (await GetAsync(proxy, "/", "Cookie: JSESSIONID=old\r\nCookie: JSESSIONID=s1")).Status);
        var seen = new HashSet<string>();
        for (var i = 0; i < 6; i++) seen.Add((await GetAsync(proxy, "/", "Cookie: JSESSIONID=")).Body);
        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task A_session_that_only_the_store_may_know_is_asked_for_once()
    {
        await using var proxy = Start(StickyBy.Header, "X-User");
        proxy.Directory.MayRemember = true;
        var (session, b3) = (SessionKey.Of(StableHash.Of("app"), "ann"u8), proxy.Pool.Find("b3")!);
        proxy.Directory.Known[session] = new Binding(session, b3.Key, 4, uint.MaxValue);

        for (var i = 0; i < 4; i++) Assert.Equal("b3", (await GetAsync(proxy, "/", "X-User: ann")).Body);

        Assert.Equal(("recall", session), Assert.Single(proxy.Directory.Asked));
        // Of what it does not know either the hash decides, and it is asked no more.
        for (var i = 0; i < 4; i++)
            Assert.Equal(proxy.Pool.Homes.Of(Session("bob"), 0)!.Name, (await GetAsync(proxy, "/", "X-User: bob")).Body);
        Assert.Equal(2, proxy.Directory.Asked.Count);
    }

    [Fact]
    public async Task A_session_that_is_where_the_hash_says_is_nobodys_business()
    {
        await using var proxy = Start(StickyBy.Header, "X-User");

        for (var i = 0; i < 20; i++)
            Assert.Equal(proxy.Pool.Homes.Of(Session($"u{i}"), 0)!.Name, (await GetAsync(proxy, "/", $"X-User: u{i}")).Body);

        Assert.Empty(proxy.Directory.Asked);
        Assert.All(proxy.Directory.Noted, note => Assert.True(note.IsLocal));
        Assert.Equal(20, proxy.Directory.Noted.Count);
    }

    [Fact]
    public async Task It_is_at_home_whatever_this_node_sees_and_moves_by_its_actor_when_its_home_is_gone_and_then_stays()
    {
        await using var proxy = Start(StickyBy.Header, "X-User", health: Configs.TcpProbe);
        foreach (var backend in proxy.Pool.Members) proxy.SetActive(backend, ActiveHealth.Up);
        var home = proxy.Pool.Homes.Of(Session("ann"), 0)!;
        proxy.SetActive(home, ActiveHealth.Down);

        var elsewhere = (await GetAsync(proxy, "/", "X-User: ann")).Body;
        proxy.SetActive(home, ActiveHealth.Up);

        Assert.NotEqual(home.Name, elsewhere);
        Assert.Equal(("claim", Session("ann")), Assert.Single(proxy.Directory.Asked));
        for (var i = 0; i < 4; i++) Assert.Equal(elsewhere, (await GetAsync(proxy, "/", "X-User: ann")).Body);
    }

    [Fact]
    public async Task For_a_moment_a_draining_home_takes_sessions_that_may_have_begun_on_another_node_and_then_no_more()
    {
        await using var proxy = Start(StickyBy.Header, "X-User");
        var home = proxy.Pool.Homes.Of(Session("ann"), 0)!;
        proxy.SetAdmin(home, AdminState.Draining);
        Assert.Equal(home.Name, (await GetAsync(proxy, "/", "X-User: ann")).Body);

        var late = Enumerable.Range(0, 1_000).Select(i => $"u{i}").First(user => proxy.Pool.Homes.Of(Session(user), 0) == home);
        await Eventually.Is(() => proxy.Pool.Homes.Of(Session(late), 0) != home);

        Assert.NotEqual(home.Name, (await GetAsync(proxy, "/", $"X-User: {late}")).Body);
        Assert.Equal(home.Name, (await GetAsync(proxy, "/", "X-User: ann")).Body);
        Assert.Empty(proxy.Directory.Asked);
    }

    [Theory]
    [InlineData(StickyBy.Header)]
    [InlineData(StickyBy.AppCookie)]
    [InlineData(StickyBy.Cookie)]
    public async Task Of_what_one_client_begins_too_much_of_nobody_remembers_the_rest_and_all_are_served(StickyBy by)
    {
        await using var proxy = Start(by, by == StickyBy.Header ? "X-User" : "JSESSIONID", perClient: 5);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        for (var i = 0; i < 200; i++)
        {
            await client.SendAsync($"GET /login HTTP/1.1\r\nHost: x\r\nX-User: u{i}\r\n\r\n");
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }

        var (remembered, rest) = (proxy.Bindings.Count, (int)proxy.Host.Read().Pools[0].Sticky!.Unremembered);
        Assert.Equal(200, remembered + rest);
        Assert.InRange(rest, 1, 195);
    }

    [Fact]
    public async Task Beyond_the_bound_nobody_is_asked_where_a_session_goes_whose_home_is_gone()
    {
        await using var proxy = Start(StickyBy.Header, "X-User", perClient: 1);
        foreach (var backend in proxy.Pool.Members.Take(2)) proxy.SetAdmin(backend, AdminState.Maintenance);
        proxy.Directory.IsSilent = true;
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        for (var i = 0; i < 100; i++)
        {
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nX-User: u{i}\r\n\r\n");
            Assert.Equal("b3", (await client.ReadAsync()).Body);
        }

        Assert.InRange(proxy.Directory.Asked.Count, 0, 60);
    }

    [Fact]
    public async Task That_a_session_which_was_told_is_used_again_is_told_once()
    {
        await using var proxy = Start(StickyBy.Header, "X-User");
        var now = (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        proxy.Bindings.Put(new Binding(Session("ann"), proxy.Pool.Find("b2")!.Key, 1, now + 3_590), now);

        for (var i = 0; i < 5; i++) Assert.Equal("b2", (await GetAsync(proxy, "/", "X-User: ann")).Body);

        Assert.True(Assert.Single(proxy.Directory.Noted).ExpiresAt >= now + 3_600);
    }

    [Fact]
    public async Task When_nobody_can_say_the_hash_decides_the_same_on_every_node()
    {
        await using var one = Start(StickyBy.Header, "X-User");
        await using var other = Start(StickyBy.Header, "X-User");
        (one.Directory.IsSilent, other.Directory.IsSilent) = (true, true);

        for (var i = 0; i < 10; i++)
        {
            var expected = Rendezvous.Pick(SessionKey.Of(StableHash.Of("app"), System.Text.Encoding.ASCII.GetBytes($"u{i}")),
                one.Pool.Eligible, default)!.Name;
            Assert.Equal(expected, (await GetAsync(one, "/", $"X-User: u{i}")).Body);
            Assert.Equal(expected, (await GetAsync(other, "/", $"X-User: u{i}")).Body);
        }
    }

    [Fact]
    public async Task The_session_header_reaches_the_backend_even_when_Connection_names_it()
    {
        await using var proxy = Start(StickyBy.Header, "X-User");
        await GetAsync(proxy, "/", "X-User: ann\r\nConnection: X-User");

        Assert.Contains(_backends.SelectMany(backend => backend.Requests), request => request.Values("X-User").Contains("ann"));
    }

    [Fact]
    public async Task A_learned_session_moves_when_its_backend_is_gone_and_stays_there()
    {
        await using var proxy = Start(StickyBy.AppCookie, "JSESSIONID");
        var home = (await GetAsync(proxy, "/login")).Body;
        var other = home == "b1" ? "b2" : "b1";
        proxy.SetAdmin(proxy.Pool.Find(home)!, AdminState.Drained);
        proxy.Directory.MoveTo = proxy.Pool.Find(other);

        Assert.Equal(other, (await GetAsync(proxy, "/", "Cookie: JSESSIONID=s1")).Body);
        proxy.SetAdmin(proxy.Pool.Find(home)!, AdminState.Ready);
        for (var i = 0; i < 4; i++) Assert.Equal(other, (await GetAsync(proxy, "/", "Cookie: JSESSIONID=s1")).Body);
    }

    [Fact]
    public async Task A_use_renews_a_session_once_a_quarter_of_its_time_is_over()
    {
        await using var proxy = Start(StickyBy.Header, "X-User");
        var session = SessionKey.Of(StableHash.Of("app"), "ann"u8);
        var now = (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        proxy.Bindings.Put(new Binding(session, proxy.Pool.Find("b2")!.Key, 0, now + 2_000), now);

        for (var i = 0; i < 5; i++) Assert.Equal("b2", (await GetAsync(proxy, "/", "X-User: ann")).Body);

        Assert.True(Assert.Single(proxy.Directory.Noted).ExpiresAt >= now + 3_600);
    }

    [Fact]
    public async Task A_client_is_known_by_its_address_over_HTTP_and_TCP()
    {
        foreach (var protocol in new[] { ListenerProtocol.Http, ListenerProtocol.Tcp })
        {
            await using var proxy = Start(StickyBy.SourceIp, "SERVERID", protocol);
            var seen = new HashSet<string>();
            for (var i = 0; i < 6; i++) seen.Add((await GetAsync(proxy, "/")).Body);

            Assert.Single(seen);
            Assert.Empty(proxy.Directory.Asked);
        }
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_session_is_asked_for_harms_nobody()
    {
        await using var proxy = Start(StickyBy.Header, "X-User");
        var gate = new TaskCompletionSource();
        proxy.Directory.MayRemember = true;
        proxy.Directory.Gate = gate.Task;
        using (var client = await RawClient.ConnectAsync(proxy.EndPoint))
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nX-User: ann\r\n\r\n");
            await Eventually.Is(() => proxy.Directory.Asked.Count == 1);
            client.Reset();
        }

        gate.SetResult();
        await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        Assert.Equal(200, (await GetAsync(proxy, "/", "X-User: ann")).Status);
    }

    private TestDataPlane Start(StickyBy by, string name, ListenerProtocol protocol = ListenerProtocol.Http, int perClient = 1_000,
        ProbeOptions? health = null)
    {
        var pool = Configs.PoolOf([.. _backends.Select(backend => backend.EndPoint)]);
        var config = Configs.Of(
            Configs.Listener with { Protocol = protocol },
            pool with { Sticky = Configs.Sticky with { By = by, Name = name }, Health = pool.Health with { Probe = health } });
        return TestDataPlane.Start(config with { Sticky = config.Sticky with { NewPerClient = perClient } });
    }

    private static SessionKey Session(string value) => SessionKey.Of(StableHash.Of("app"), System.Text.Encoding.ASCII.GetBytes(value));

    private static async Task<RawResponse> GetAsync(TestDataPlane proxy, string path, string? line = null)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n{(line is null ? "" : line + "\r\n")}\r\n");
        return await client.ReadAsync();
    }
}
