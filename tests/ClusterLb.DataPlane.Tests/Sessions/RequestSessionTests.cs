using System.Net;
using System.Text;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Tests.Http1.Wire;
using ClusterLb.DataPlane.Tests.Requests;
using ClusterLb.DataPlane.Transport;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Sessions;

/// <summary>What one request's session says, without a connection in sight.</summary>
public sealed class RequestSessionTests : IPoolEvents
{
    private static readonly PeerAddress s_client = PeerAddress.From(new IPEndPoint(IPAddress.Loopback, 50_000));

    private readonly BindingTable _bindings = new(1_000);
    private readonly CookieKeysHolder _keys = new();
    private readonly FakeSessionDirectory _directory;

    public RequestSessionTests()
    {
        _directory = new FakeSessionDirectory(_bindings);
        _keys.Publish(new CookieKeys([CookieKey.Generate()]));
    }

    [Fact]
    public Task Without_sessions_the_policy_decides() => WithAsync(StickyBy.None, (session, pool) =>
    {
        Assert.True(session.TryFind(StickyPool.Of(pool, null), Request(), s_client, isTrusted: false, isSecure: false));
        Assert.Null(session.Bound);
        Assert.Null(session.Decision);
        Assert.True(session.CookieFor(Ok(), pool.Members[0], out _).IsEmpty);
        return True();
    });

    [Fact]
    public Task A_client_gets_one_cookie_and_is_found_by_it() => WithAsync(StickyBy.Cookie, (session, pool) =>
    {
        var sticky = StickyPool.Of(pool, null);
        Assert.True(session.TryFind(sticky, Request(), s_client, isTrusted: false, isSecure: false));
        Assert.Null(session.Bound);
        var cookie = Name(session.CookieFor(Ok(), pool.Members[1], out var isPrivate));
        Assert.False(isPrivate);

        Assert.True(session.TryFind(sticky, Request($"Cookie: {cookie}"), s_client, isTrusted: false, isSecure: false));
        Assert.Equal((pool.Members[1], "session-cookie"), (session.Bound, session.Decision));
        Assert.True(session.CookieFor(Ok(), pool.Members[1], out _).IsEmpty);
        Assert.Empty(_directory.Asked);
        return True();
    });

    [Theory]
    [InlineData(CookieOnCacheable.Skip, false)]
    [InlineData(CookieOnCacheable.Private, true)]
    public Task Caches_keep_no_answer_with_a_cookie(CookieOnCacheable on, bool isSet) => WithAsync(StickyBy.Cookie, (session, pool) =>
    {
        session.TryFind(StickyPool.Of(pool, null), Request(), s_client, isTrusted: false, isSecure: false);
        var cookie = session.CookieFor(Ok("Cache-Control: public"), pool.Members[0], out var isPrivate);
        Assert.Equal((isSet, isSet), (!cookie.IsEmpty, isPrivate));

        // One that they do not keep anyway, or that changes the protocol, is as good as any.
        Assert.False(session.CookieFor(Ok("Cache-Control: no-store"), pool.Members[0], out isPrivate).IsEmpty);
        Assert.False(isPrivate);
        return True();
    },
    on);

    [Fact]
    public Task A_value_that_nobody_has_seen_is_where_the_hash_says() => WithAsync(StickyBy.Header, (session, pool) =>
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.True(session.TryFind(StickyPool.Of(pool, null), Request($"SERVERID: user{i}"), s_client, isTrusted: false,
                isSecure: false));
            Assert.Equal((pool.Homes.Of(KeyOf($"user{i}", pool), 0), "session-hash"), (session.Bound, session.Decision));
        }

        Assert.Empty(_directory.Asked);
        return True();
    });

    [Fact]
    public Task A_value_that_is_bound_elsewhere_is_there() => WithAsync(StickyBy.Header, (session, pool) =>
    {
        var key = KeyOf("user", pool);
        var elsewhere = pool.Members.First(member => member != pool.Homes.Of(key, 0));
        _bindings.Put(new Binding(key, elsewhere.Key, 2, uint.MaxValue), 0);

        Assert.True(session.TryFind(StickyPool.Of(pool, null), Request("SERVERID: user"), s_client, isTrusted: false, isSecure: false));
        Assert.Equal((elsewhere, "session-local"), (session.Bound, session.Decision));
        return True();
    });

    [Fact]
    public Task A_session_whose_backend_is_out_goes_where_the_directory_says() => WithAsync(StickyBy.Header, async (session, pool) =>
    {
        var key = KeyOf("user", pool);
        _bindings.Put(new Binding(key, pool.Members[0].Key, 2, uint.MaxValue), 0);
        pool.SetAdmin(pool.Members[0], AdminState.Maintenance, "test", 0);
        _directory.MoveTo = pool.Members[2];

        Assert.False(session.TryFind(StickyPool.Of(pool, null), Request("SERVERID: user"), s_client, isTrusted: false, isSecure: false));
        await session.SettleAsync();
        Assert.Equal((pool.Members[2], "session-directory"), (session.Bound, session.Decision));
        Assert.Equal(("move", key), Assert.Single(_directory.Asked));
        return true;
    });

    [Fact]
    public Task A_request_that_failed_at_home_is_diverted_and_its_session_is_not() => WithAsync(StickyBy.Cookie, async (session, pool) =>
    {
        var sticky = StickyPool.Of(pool, null);
        session.TryFind(sticky, Request(), s_client, isTrusted: false, isSecure: false);
        var cookie = Name(session.CookieFor(Ok(), pool.Members[0], out _));
        session.TryFind(sticky, Request($"Cookie: {cookie}"), s_client, isTrusted: false, isSecure: false);
        var tried = default(Tried);
        tried.Add(pool.Members[0]);

        await session.LeaveOrDivertAsync(tried, new HashSet<Backend>());
        Assert.NotEqual(pool.Members[0], session.Bound);
        Assert.Equal("session-diverted", session.Decision);
        Assert.True(session.CookieFor(Ok(), session.Bound!, out _).IsEmpty);

        session.TryFind(sticky, Request($"Cookie: {cookie}"), s_client, isTrusted: false, isSecure: false);
        Assert.Equal(pool.Members[0], session.Bound);
        return true;
    });

    void IPoolEvents.EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    void IPoolEvents.FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    private static LoopTask<bool> True() => new(true);

    private static Request Request(params string[] lines) => RequestTexts.Accept(RequestTexts.Get(lines)).Request;

    private static Response Ok(params string[] lines) => ResponseTexts.Accept(ResponseTexts.Ok(lines)).Response;

    private static SessionKey KeyOf(string value, Pool pool) =>
        SessionKey.Of(StickyPool.Of(pool, null)!.Hash, Encoding.ASCII.GetBytes(value));

    /// <summary>Name and value, as a client sends them back.</summary>
    private static string Name(ReadOnlyMemory<byte> line) => Encoding.ASCII.GetString(line.Span)["Set-Cookie: ".Length..].Split(';')[0];

    private Task<bool> WithAsync(StickyBy by, Func<RequestSession, Pool, LoopTask<bool>> check,
        CookieOnCacheable on = CookieOnCacheable.Skip)
    {
        var sticky = Configs.Sticky with { By = by, Cookie = Configs.Sticky.Cookie with { OnCacheable = on } };
        var backends = Enumerable.Range(1, 3).Select(i => new IPEndPoint(IPAddress.Loopback, 9_000 + i)).ToArray();
        var config = Configs.Of(Configs.Listener, Configs.PoolOf(backends) with { Sticky = sticky });
        var pool = new RoutingTableBuilder(this).Build(config, 0).Pools[0];
        return OnLoop.RunAsync(loop =>
        {
            var services = new SessionServices(_bindings, _directory, _keys, NewPerClient: 0);
            return check(new RequestSession(new LoopSessions(loop, services, new LoopRandom(1), TimeProvider.System)), pool);
        });
    }
}
