using System.Net;
using System.Text;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Sessions;

/// <summary><c>sticky.by = cookie</c>, from outside.</summary>
public sealed class OwnCookieTests : IAsyncLifetime
{
    private readonly RawBackend[] _backends = [RawBackend.Start("b1"), RawBackend.Start("b2"), RawBackend.Start("b3")];
    private TestDataPlane _proxy = null!;

    private PoolConfig Pool =>
        Configs.PoolOf([.. _backends.Select(backend => backend.EndPoint)]) with { Sticky = Configs.Sticky with { By = StickyBy.Cookie } };

    public Task InitializeAsync()
    {
        _proxy = TestDataPlane.Start(Configs.Listener, Pool);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        foreach (var backend in _backends) await backend.DisposeAsync();
    }

    [Fact]
    public async Task A_new_client_gets_a_cookie_with_safe_attributes_and_stays_where_it_was()
    {
        var first = await GetAsync();
        var cookie = CookieOf(first);

        Assert.Matches("^SERVERID=v1\\.[A-Za-z0-9_.-]+; Path=/; HttpOnly; SameSite=Lax$", first.Field("Set-Cookie"));
        for (var i = 0; i < 6; i++)
        {
            var next = await GetAsync(cookie);
            Assert.Equal(first.Body, next.Body);
            Assert.Null(next.Field("Set-Cookie"));
        }
    }

    [Fact]
    public async Task The_backend_does_not_see_it_but_all_other_cookies()
    {
        var cookie = CookieOf(await GetAsync());
        await GetAsync($"a=1; {cookie}; b=2", "Cookie: c=3");
        await GetAsync(cookie);

        var seen = _backends.SelectMany(backend => backend.Requests).Select(request => string.Join("|", request.Values("Cookie"))).ToList();
        Assert.Contains("a=1; b=2|c=3", seen);
        Assert.Equal(2, seen.Count(values => values.Length == 0));
    }

    [Fact]
    public async Task Where_it_is_not_to_be_stripped_the_backend_sees_it()
    {
        await using var proxy = TestDataPlane.Start(Configs.Listener,
            Pool with { Sticky = Pool.Sticky with { Cookie = Pool.Sticky.Cookie with { Strip = false } } });
        var cookie = CookieOf(await GetAsync(proxy));
        await GetAsync(proxy, cookie);

        Assert.Contains(_backends.SelectMany(backend => backend.Requests), request => request.Values("Cookie").Contains(cookie));
    }

    [Theory]
    [InlineData("SERVERID=v1.k.AAAA.BBBB", CookieStatus.Malformed)]
    [InlineData("SERVERID=", CookieStatus.Malformed)]
    [InlineData("SERVERID=\u0080\u00ff\u0081", CookieStatus.Malformed)]
    public async Task What_is_no_cookie_of_ours_is_as_good_as_none_and_is_counted(string cookie, CookieStatus status)
    {
        var response = await GetAsync(cookie);

        Assert.Equal(200, response.Status);
        Assert.NotNull(response.Field("Set-Cookie"));
        Assert.Equal(1, _proxy.Host.Read().Pools[0].Sticky!.BadCookies[(int)status]);
    }

    [Fact]
    public async Task Forged_expired_replayed_from_another_pool_and_10_kB_long_cookies_too()
    {
        var now = Now;
        (string Cookie, CookieStatus Status)[] bad =
        [
            (Cookie(Claims(now), new CookieKey(_proxy.CookieKey.Name, [1])), CookieStatus.Forged),
            (Cookie(Claims(now), CookieKey.Generate()), CookieStatus.UnknownKey),
            (Cookie(Claims(now - 3_600)), CookieStatus.Expired),
            (Cookie(Claims(now) with { Pool = 1 }), CookieStatus.Foreign),
            (Cookie(Claims(now))[..^5], CookieStatus.Malformed),
            ("SERVERID=" + new string('x', 10_240), CookieStatus.Malformed),
        ];
        foreach (var (cookie, _) in bad)
        {
            var response = await GetAsync(cookie);
            Assert.Equal((200, true), (response.Status, response.Field("Set-Cookie") is not null));
        }

        var counted = _proxy.Host.Read().Pools[0].Sticky!.BadCookies;
        Assert.All(bad.GroupBy(one => one.Status), group => Assert.Equal(group.Count(), counted[(int)group.Key]));
    }

    [Fact]
    public async Task A_second_one_of_its_name_is_refused()
    {
        var good = CookieOf(await GetAsync());

        Assert.Equal(400, (await GetAsync($"{good}; {good}")).Status);
        Assert.Equal(400, (await GetAsync(good, $"Cookie: a=b; {Cookie(Claims(Now))}")).Status);
    }

    [Theory]
    [InlineData("200 OK", "Cache-Control: public, max-age=60")]
    [InlineData("200 OK", "Expires: Fri, 01 Jan 2100 00:00:00 GMT")]
    [InlineData("304 Not Modified", "Cache-Control: private")]
    public async Task It_is_not_put_on_what_shared_caches_may_keep(string status, string caching)
    {
        await using var backend = RawBackend.Start(_ => new Reply($"HTTP/1.1 {status}\r\n{caching}\r\nContent-Length: 0\r\n\r\n"));
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint) with { Sticky = Pool.Sticky });

        var response = await GetAsync(proxy);

        Assert.Null(response.Field("Set-Cookie"));
        Assert.Equal(caching.Split(": ")[1], response.Field(caching.Split(": ")[0]));
        Assert.Empty(proxy.Directory.Noted);
    }

    [Fact]
    public async Task Where_it_is_asked_for_it_is_put_there_and_the_answer_made_private()
    {
        await using var backend = RawBackend.Start(_ =>
            new Reply("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nExpires: Fri, 01 Jan 2100 00:00:00 GMT\r\n"
                + "CDN-Cache-Control: max-age=60\r\nContent-Length: 0\r\n\r\n"));
        var sticky = Pool.Sticky with { Cookie = Pool.Sticky.Cookie with { OnCacheable = CookieOnCacheable.Private } };
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint) with { Sticky = sticky });

        var response = await GetAsync(proxy);
        Assert.NotNull(response.Field("Set-Cookie"));
        Assert.Equal("private", response.Field("Cache-Control"));
        Assert.Null(response.Field("Expires"));
        Assert.Null(response.Field("CDN-Cache-Control"));

        // Without a cookie the answer is the backend's.
        Assert.Equal("public, max-age=60", (await GetAsync(proxy, CookieOf(response))).Field("Cache-Control"));
    }

    [Fact]
    public async Task It_is_renewed_once_a_quarter_of_its_time_is_over()
    {
        Assert.Null((await GetAsync(Cookie(Claims(Now - 800)))).Field("Set-Cookie"));

        var renewed = await GetAsync(Cookie(Claims(Now - 1_000)));

        Assert.Equal("b2", renewed.Body);
        Assert.Null((await GetAsync(CookieOf(renewed))).Field("Set-Cookie"));
    }

    [Fact]
    public async Task A_session_whose_backend_the_cluster_holds_for_gone_is_moved_once_and_its_client_told()
    {
        _proxy.SetAdmin(Backend("b2"), AdminState.Maintenance);
        _proxy.Directory.MoveTo = Backend("b3");

        var moved = await GetAsync(Cookie(Claims(Now)));
        var old = await GetAsync(Cookie(Claims(Now)));

        Assert.Equal(("b3", "b3"), (moved.Body, old.Body));
        Assert.Equal("b3", (await GetAsync(CookieOf(moved))).Body);
        // The second time this node knew.
        Assert.Equal(("move", new SessionKey(7)), Assert.Single(_proxy.Directory.Asked));
    }

    [Fact]
    public async Task A_client_with_an_old_cookie_follows_its_session_though_the_old_backend_is_back()
    {
        _proxy.Bindings.Put(new Binding(new SessionKey(7), Backend("b1").Key, 1, Now + 100), Now);

        var response = await GetAsync(Cookie(Claims(Now)));

        Assert.Equal("b1", response.Body);
        Assert.Equal("b1", (await GetAsync(CookieOf(response))).Body);
    }

    [Fact]
    public async Task That_it_is_where_its_cookie_says_is_noted_by_this_node_for_itself()
    {
        var first = await GetAsync();
        await GetAsync(CookieOf(first));
        await GetAsync(Cookie(Claims(Now)));

        Assert.Equal(2, _proxy.Directory.Noted.Count);
        Assert.All(_proxy.Directory.Noted, note => Assert.True(note.IsLocal));
        Assert.Empty(_proxy.Directory.Asked);
    }

    [Fact]
    public async Task An_evicted_session_begins_anew()
    {
        _proxy.Bindings.Put(new Binding(new SessionKey(7), 0, 1, Now + 100), Now);

        Assert.NotNull((await GetAsync(Cookie(Claims(Now)))).Field("Set-Cookie"));
        Assert.Empty(_proxy.Directory.Asked);
    }

    [Fact]
    public async Task When_nobody_can_say_where_it_moves_the_hash_does_and_the_client_is_told_nothing()
    {
        _proxy.SetAdmin(Backend("b2"), AdminState.Maintenance);
        _proxy.Directory.IsSilent = true;
        var expected = Rendezvous.Pick(new SessionKey(7), _proxy.Pool.Eligible, default)!.Name;

        var response = await GetAsync(Cookie(Claims(Now)));

        Assert.Equal((expected, null), (response.Body, response.Field("Set-Cookie")));
    }

    [Fact]
    public async Task A_draining_backend_keeps_its_sessions_and_gets_no_others()
    {
        _proxy.SetAdmin(Backend("b2"), AdminState.Draining);

        for (var i = 0; i < 6; i++) Assert.NotEqual("b2", (await GetAsync()).Body);
        for (var i = 0; i < 6; i++) Assert.Equal("b2", (await GetAsync(Cookie(Claims(Now)))).Body);
    }

    [Fact]
    public async Task What_only_this_node_sees_fail_diverts_requests_to_one_place_and_moves_no_session()
    {
        _backends[1].Kill();
        var bodies = new HashSet<string>();

        for (var i = 0; i < 5; i++)
        {
            var response = await GetAsync(Cookie(Claims(Now)));
            Assert.Null(response.Field("Set-Cookie"));
            bodies.Add(response.Body);
        }

        Assert.Single(bodies);
        Assert.Empty(_proxy.Directory.Asked);
        Assert.Equal(5, _proxy.Host.Read().Pools[0].Sticky!.Diverted);
    }

    [Fact]
    public async Task A_session_is_at_home_again_with_the_first_request_that_its_backend_takes_though_this_node_has_ejected_it()
    {
        EjectB2();

        for (var i = 0; i < 5; i++) Assert.Equal("b2", (await GetAsync(Cookie(Claims(Now)))).Body);
        for (var i = 0; i < 5; i++) Assert.NotEqual("b2", (await GetAsync()).Body);

        Assert.Equal(EffectiveState.Ejected, Backend("b2").Effective);
        Assert.Equal(0, _proxy.Host.Read().Pools[0].Sticky!.Diverted);
    }

    [Fact]
    public async Task To_ask_an_ejected_home_first_is_a_trial_that_costs_no_retry()
    {
        await using var proxy = TestDataPlane.Start(Configs.Listener,
            Pool with { Retry = Pool.Retry with { Attempts = 0, BudgetPercent = 0 } });
        _backends[1].Kill();

        // The one that finds it out is a try like any other.
        Assert.Equal(503, (await GetAsync(proxy, Cookie(Claims(Now), proxy.CookieKey))).Status);
        await Eventually.Is(() => proxy.Pool.Find("b2")!.Effective == EffectiveState.Ejected);
        for (var i = 0; i < 5; i++) Assert.Equal(200, (await GetAsync(proxy, Cookie(Claims(Now), proxy.CookieKey))).Status);
    }

    [Fact]
    public async Task A_backend_that_answers_nobody_costs_its_session_one_timeout_and_is_left_for_everybody()
    {
        await using var mute = RawBackend.Start(_ => new Reply("") { After = Task.Delay(Timeout.Infinite) });
        await using var proxy = StartWithB2(mute);
        proxy.Directory.MoveTo = proxy.Pool.Find("b3");
        var cookie = Cookie(Claims(Now), proxy.CookieKey);

        Assert.Equal(504, (await GetAsync(proxy, cookie)).Status);

        Assert.Equal([("move", new SessionKey(7))], proxy.Directory.Asked);
        var next = await GetAsync(proxy, cookie);
        Assert.Equal("b3", next.Body);
        Assert.NotNull(next.Field("Set-Cookie"));
        Assert.Single(mute.Requests);
    }

    [Fact]
    public async Task A_backend_that_is_slow_for_one_request_and_answers_others_keeps_its_session()
    {
        await using var slow = StartSlowB2();
        await using var proxy = StartWithB2(slow);
        proxy.Directory.MoveTo = proxy.Pool.Find("b3");
        var cookie = Cookie(Claims(Now), proxy.CookieKey);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync($"GET /slow HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n");
        var timeout = client.ReadAsync();

        while (!timeout.IsCompleted) Assert.Equal("b2", (await GetAsync(proxy, cookie)).Body);

        Assert.Equal(504, (await timeout).Status);
        Assert.Empty(proxy.Directory.Asked);
        Assert.Equal("b2", (await GetAsync(proxy, cookie)).Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_no_check_can_tell_whether_a_backend_is_frozen_its_session_listens_for_it_while_others_are_heard(bool isHeard)
    {
        await using var slow = StartSlowB2();
        var pool = Configs.PoolOf(_backends[0].EndPoint, slow.EndPoint, _backends[2].EndPoint);
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool with
        {
            Sticky = Pool.Sticky,
            Timeouts = Pool.Timeouts with { Response = TimeSpan.FromSeconds(2) },
            Health = pool.Health with { Probe = Configs.TcpProbe, Timeout = TimeSpan.FromSeconds(isHeard ? 60 : 1) },
        });
        foreach (var member in proxy.Pool.Members) proxy.Pool.SetActive(member, ActiveHealth.Up, "test", 0);
        var other = Cookie(Claims(Now) with { Session = new SessionKey(8), Backend = Backend("b3").Key }, proxy.CookieKey);
        var cookie = Cookie(Claims(Now), proxy.CookieKey);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync($"GET /slow HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n");
        var (timeout, began) = (client.ReadAsync(), TimeProvider.System.GetTimestamp());

        while (!timeout.IsCompleted && !(isHeard && TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(3)))
            Assert.Equal("b3", (await GetAsync(proxy, other)).Body);
        Assert.Equal(isHeard, !timeout.IsCompleted);
        if (isHeard) Assert.Equal("b2", (await GetAsync(proxy, cookie)).Body);

        Assert.Equal(504, (await timeout).Status);
        Assert.Equal(isHeard ? [] : [("move", new SessionKey(7))], proxy.Directory.Asked);
    }

    [Fact]
    public async Task A_session_whose_mute_backend_is_well_by_its_checks_stays()
    {
        await using var mute = RawBackend.Start(_ => new Reply("") { After = Task.Delay(Timeout.Infinite) });
        await using var proxy = StartWithB2(mute);

        for (var i = 0; i < 2; i++) Assert.Equal(504, (await GetAsync(proxy, Cookie(Claims(Now), proxy.CookieKey))).Status);

        Assert.Equal(2, mute.Requests.Count);
    }

    [Fact]
    public async Task A_session_waits_for_its_full_backend_and_does_not_leave_it()
    {
        var gate = new TaskCompletionSource();
        await using var busy = RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbusy") { After = gate.Task });
        await using var free = RawBackend.Start("free");
        var pool = Pool with { Backends = [Configs.Backend("b2", busy.EndPoint, maxInFlight: 1), Configs.Backend("b1", free.EndPoint)] };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        var cookie = Cookie(Claims(Now), proxy.CookieKey);

        var first = GetAsync(proxy, cookie);
        await Eventually.Is(() => busy.Requests.Count == 1);
        var second = GetAsync(proxy, cookie);
        await Eventually.Is(() => proxy.Host.Read().Pools[0].Waiting == 1);
        // Who is bound nowhere is not kept behind by who is.
        Assert.Equal("free", (await GetAsync(proxy)).Body);
        gate.SetResult();

        Assert.Equal(["busy", "busy"], [(await first).Body, (await second).Body]);
    }

    [Fact]
    public async Task Over_TLS_as_a_trusted_proxy_says_it_is_secure()
    {
        await using var proxy = TestDataPlane.Start(Configs.Listener with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] }, Pool);

        Assert.EndsWith("; Secure", (await GetAsync(proxy, null, "X-Forwarded-Proto: https")).Field("Set-Cookie"),
            StringComparison.Ordinal);
        Assert.EndsWith("; Secure", (await GetAsync(proxy, null, "X-Forwarded-Proto: https, http")).Field("Set-Cookie"),
            StringComparison.Ordinal);
        Assert.EndsWith("; Secure", (await GetAsync(proxy, null, "Forwarded: for=192.0.2.1;proto=https")).Field("Set-Cookie"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("Secure", (await GetAsync(proxy, null, "X-Forwarded-Proto: http")).Field("Set-Cookie"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("Secure", (await GetAsync(null, "X-Forwarded-Proto: https")).Field("Set-Cookie"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_are_where_they_were_before_anything_is_checked()
    {
        await using var proxy = TestDataPlane.Start(Configs.Listener, Pool with { Health = Pool.Health with { Probe = Configs.TcpProbe } });
        Assert.Equal(EffectiveState.Unknown, proxy.Pool.Members[1].Effective);
        proxy.Keys.Publish(_proxy.Keys.Current);

        Assert.Equal("b2", (await GetAsync(proxy, Cookie(Claims(Now)))).Body);
    }

    [Fact]
    public async Task What_moves_while_a_request_is_served_is_not_undone_by_its_answers_cookie()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var backend = RawBackend.Start(_ =>
        {
            asked.TrySetResult();
            answer.Task.Wait(TimeSpan.FromSeconds(10));
            return Reply.Ok("slow");
        });
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint) with { Sticky = Pool.Sticky });
        proxy.Keys.Publish(_proxy.Keys.Current);
        var due = Claims(Now - 1_000) with { Backend = proxy.Pool.Members[0].Key };
        var response = GetAsync(proxy, Cookie(due));
        await asked.Task;

        proxy.Bindings.Put(new Binding(due.Session, 0, 1, Now + 100), Now);
        answer.SetResult();

        Assert.Equal(("slow", null), ((await response).Body, (await response).Field("Set-Cookie")));
    }

    [Fact]
    public async Task A_WebSocket_begins_a_session_too()
    {
        await using var backend =
            RawBackend.Start(_ => new Reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            Close: true));
        await using var proxy = TestDataPlane.Start(
            Configs.Listener with { Upgrades = ["websocket"] }, Configs.PoolOf(backend.EndPoint) with { Sticky = Pool.Sticky });
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

        Assert.NotNull((await client.ReadAsync()).Field("Set-Cookie"));
    }

    [Fact]
    public async Task Without_a_key_no_cookie_is_given_and_everybody_is_served()
    {
        _proxy.Keys.Publish(CookieKeys.None);

        var response = await GetAsync();

        Assert.Equal((200, null), (response.Status, response.Field("Set-Cookie")));
    }

    [Fact]
    public async Task A_client_whose_cookie_could_not_be_read_for_want_of_a_key_keeps_it()
    {
        var gate = new TaskCompletionSource();
        await using var backend = RawBackend.Start(_ => Reply.Ok("b1") with { After = gate.Task });
        await using var proxy = TestDataPlane.Start(Configs.Listener, Configs.PoolOf(backend.EndPoint) with { Sticky = Pool.Sticky });
        proxy.Keys.Publish(CookieKeys.None);
        var asked = GetAsync(proxy, Cookie(Claims(Now), _proxy.CookieKey));
        await Eventually.Is(() => backend.Requests.Count == 1);

        proxy.Keys.Publish(_proxy.Keys.Current);
        gate.SetResult();

        var response = await asked;
        Assert.Equal((200, null), (response.Status, response.Field("Set-Cookie")));
    }

    private void EjectB2()
    {
        var refused = new Outcome(Side.Upstream, Stage.Connect, OutcomeKind.Refused, Retryability.Always);
        _proxy.Pool.Observe(Backend("b2"), refused, 1, Environment.TickCount64);
    }

    /// <summary>One that answers all but what is /slow.</summary>
    private static RawBackend StartSlowB2() => RawBackend.Start(request =>
        request.Line.Contains("/slow", StringComparison.Ordinal) ? new Reply("") { After = Task.Delay(Timeout.Infinite) } : Reply.Ok("b2"));

    /// <summary>Who says nothing is waited for two seconds, in which everybody else has long answered.</summary>
    private TestDataPlane StartWithB2(RawBackend b2) =>
        TestDataPlane.Start(Configs.Listener, Configs.PoolOf(_backends[0].EndPoint, b2.EndPoint, _backends[2].EndPoint) with
        {
            Sticky = Pool.Sticky,
            Timeouts = Pool.Timeouts with { Response = TimeSpan.FromSeconds(2) },
        });

    private static uint Now => (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private Backend Backend(string name) => _proxy.Pool.Find(name)!;

    /// <summary>Of session 7, on b2.</summary>
    private CookieClaims Claims(uint renewedAt) =>
        new(new SessionKey(7), Backend("b2").Key, (uint)StableHash.Of("app"), 0, renewedAt, renewedAt);

    private string Cookie(in CookieClaims claims, CookieKey? key = null)
    {
        var value = new byte[SessionCookie.MaxLength];
        return "SERVERID=" + Encoding.ASCII.GetString(value, 0, SessionCookie.Write(value, claims, key ?? _proxy.CookieKey));
    }

    private static string CookieOf(RawResponse response) => response.Field("Set-Cookie")!.Split(';')[0];

    private Task<RawResponse> GetAsync(string? cookie = null, string? line = null) => GetAsync(_proxy, cookie, line);

    private static async Task<RawResponse> GetAsync(TestDataPlane proxy, string? cookie = null, string? line = null)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n"
            + $"{(cookie is null ? "" : $"Cookie: {cookie}\r\n")}{(line is null ? "" : line + "\r\n")}\r\n");
        return await client.ReadAsync();
    }
}
