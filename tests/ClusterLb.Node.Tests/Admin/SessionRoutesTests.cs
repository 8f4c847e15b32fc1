using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>Sessions over a node's admin port, with real backends and clients.</summary>
public sealed class SessionRoutesTests : IAsyncLifetime
{
    private readonly RawBackend[] _backends = [RawBackend.Start("b1"), RawBackend.Start("b2")];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var backend in _backends) await backend.DisposeAsync();
    }

    [Fact]
    public async Task Sessions_are_listed_shown_and_forgotten()
    {
        await using var admin = await StartAsync(StickyBy.Cookie);
        for (var i = 0; i < 4; i++) await GetAsync(admin, null);
        var cookie = await GetAsync(admin, null);
        var list = await admin.EventuallyAsync("/api/v1/sessions?pool=app",
            sessions => sessions.GetProperty("sessions").GetArrayLength() == 5);
        Assert.Equal(2, (await admin.GetAsync("/api/v1/sessions?limit=2")).GetProperty("sessions").GetArrayLength());
        var ofB1 = (await admin.GetAsync("/api/v1/sessions?pool=app&backend=b1")).GetProperty("sessions");
        Assert.All(ofB1.EnumerateArray(), session => Assert.Equal("b1", session.GetProperty("backend").GetString()));

        // By its key and by its cookie.
        var value = Uri.EscapeDataString(cookie!.Split('=')[1]);
        var shown = await admin.GetAsync($"/api/v1/sessions/show?key={value}");
        Assert.Equal(("app", 0), (shown.GetProperty("pool").GetString(), shown.GetProperty("moves").GetInt32()));
        Assert.Equal(shown.GetProperty("backend").GetString(),
            (await admin.GetAsync($"/api/v1/sessions/show?key={shown.GetProperty("key").GetString()}")).GetProperty("backend").GetString());

        var (status, text) = await admin.PostAsync($"/api/v1/sessions/evict?key={value}", "{}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"is_evicted\":true", text, StringComparison.Ordinal);
        Assert.NotNull(await GetAsync(admin, cookie));
    }

    [Fact]
    public async Task The_sessions_of_a_draining_backend_are_moved_away_and_only_of_one_that_drains()
    {
        await using var admin = await StartAsync(StickyBy.Header);
        for (var i = 0; i < 40; i++) await GetAsync(admin, null, $"X-User: u{i}");
        await admin.EventuallyAsync("/api/v1/sessions?pool=app", sessions => sessions.GetProperty("sessions").GetArrayLength() == 40);

        var (refused, why) = await admin.PostAsync("/api/v1/pools/app/backends/b1/evacuate", """{"rate":1000}""");
        Assert.Equal(HttpStatusCode.Conflict, refused);
        Assert.Contains("neither draining nor in maintenance", why, StringComparison.Ordinal);

        await admin.PostAsync("/api/v1/pools/app/backends/b1/state", """{"state":"draining"}""");
        await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0].GetProperty("state")
            .GetString() == "draining");
        // It has sessions: it is not drained although nothing is in flight.
        await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0] is var b1
            && b1.GetProperty("sessions").GetInt32() > 0 && b1.GetProperty("state").GetString() == "draining");
        var (status, text) = await admin.PostAsync("/api/v1/pools/app/backends/b1/evacuate", """{"rate":1000}""");
        Assert.True(status == HttpStatusCode.OK, text);

        var done = await admin.EventuallyAsync("/api/v1/pools/app/backends/b1/evacuate",
            progress => progress.GetProperty("is_done").GetBoolean());
        Assert.Equal((done.GetProperty("found").GetInt32(), 0),
            (done.GetProperty("moved").GetInt32(), done.GetProperty("left").GetInt32()));
        Assert.Empty((await admin.GetAsync("/api/v1/sessions?pool=app&backend=b1")).GetProperty("sessions").EnumerateArray());
        await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0].GetProperty("state")
            .GetString() == "drained");
    }

    [Fact]
    public async Task A_drain_of_all_moves_the_sessions_at_once_and_is_over_then()
    {
        await using var admin = await StartAsync(StickyBy.Cookie);
        for (var i = 0; i < 20; i++) await GetAsync(admin, null);
        await admin.EventuallyAsync("/api/v1/sessions?pool=app", sessions => sessions.GetProperty("sessions").GetArrayLength() == 20);

        var (status, text) = await admin.PostAsync("/api/v1/pools/app/backends/b1/state", """{"state":"draining","mode":"all"}""");

        Assert.True(status == HttpStatusCode.OK, text);
        await admin.EventuallyAsync("/api/v1/pools/app", pool => pool.GetProperty("backends")[0] is var b1
            && b1.GetProperty("sessions").GetInt32() == 0 && b1.GetProperty("state").GetString() == "drained");
        var (again, why) = await admin.PostAsync("/api/v1/pools/app/backends/b1/state", """{"state":"draining","mode":"all"}""");
        Assert.True(again == HttpStatusCode.OK, why);
    }

    [Fact]
    public async Task A_session_is_named_by_what_its_pool_knows_the_client_by()
    {
        await using var admin = await StartAsync(StickyBy.Header);
        // One looks like a path, one like a session's key.
        string[] users = ["ann", "a/b%2Fc=", "00000000000000ff"];
        foreach (var user in users) await GetAsync(admin, null, $"X-User: {user}");
        await admin.EventuallyAsync("/api/v1/sessions", sessions => sessions.GetProperty("known").GetInt32() == users.Length);

        foreach (var user in users)
        {
            var shown = await admin.GetAsync($"/api/v1/sessions/show?pool=app&key={Uri.EscapeDataString(user)}");
            Assert.Equal(SessionKey.Of(StableHash.Of("app"), System.Text.Encoding.ASCII.GetBytes(user)).ToString(),
                shown.GetProperty("key").GetString());
        }
    }

    [Theory]
    [InlineData("/api/v1/sessions?limit=0", HttpStatusCode.BadRequest, "1 to 100000")]
    [InlineData("/api/v1/sessions?backend=b1", HttpStatusCode.BadRequest, "pool is missing")]
    [InlineData("/api/v1/sessions?pool=nobody", HttpStatusCode.NotFound, "nobody")]
    [InlineData("/api/v1/sessions?pool=app&backend=b9", HttpStatusCode.NotFound, "b9")]
    [InlineData("/api/v1/sessions/show?key=what", HttpStatusCode.BadRequest, "give the pool")]
    [InlineData("/api/v1/sessions/show?key=what&pool=app", HttpStatusCode.BadRequest, "nor a cookie of ours")]
    [InlineData("/api/v1/sessions/show?key=00000000000000ff", HttpStatusCode.NotFound, "is known here")]
    [InlineData("/api/v1/pools/app/backends/b1/evacuate", HttpStatusCode.NotFound, "has not been evacuated")]
    public async Task What_cannot_be_answered_is_said_in_one_line(string path, HttpStatusCode status, string part)
    {
        await using var admin = await StartAsync(StickyBy.Cookie);

        using var response = await admin.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(part, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<TestAdmin> StartAsync(StickyBy by)
    {
        var admin = await TestAdmin.StartAsync(
            Configs.PoolOf([.. _backends.Select(backend => backend.EndPoint)]) with
            {
                Sticky = Configs.Sticky with
                {
                    By = by,
                    Name = by == StickyBy.Header ? "X-User" : "SERVERID"
                }
            });
        // Not before the cluster has a key for its cookies.
        await admin.EventuallyAsync("/api/v1/status", status => status.GetProperty("state").GetString() == "ready");
        return admin;
    }

    /// <summary>The cookie that came with the answer, or null.</summary>
    private static async Task<string?> GetAsync(TestAdmin admin, string? cookie, string line = "X: y")
    {
        using var client = await RawClient.ConnectAsync(admin.EndPoint);
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{line}\r\n{(cookie is null ? "" : $"Cookie: {cookie}\r\n")}\r\n");
        return (await client.ReadAsync()).Field("Set-Cookie")?.Split(';')[0];
    }
}
