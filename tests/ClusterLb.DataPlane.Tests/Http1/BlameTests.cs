using System.Globalization;
using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>What a client can make a healthy backend do: it may cost that client its answer, and nobody else anything.</summary>
public sealed class BlameTests
{
    private static readonly Task s_never = new TaskCompletionSource().Task;

    public static TheoryData<string, int> Provocations() => new()
    {
        { "/long-location", 502 },
        { "/many-cookies", 502 },
        { "/many-options", 502 },
        { "/reset", 502 },
        { "/close", 502 },
        { "/slow", 504 },
        { "/busy", 503 },
        { "/garbage", 502 },
        { "/bad-length", 502 },
        { "/bad-chunk", 502 },
        { "/switch", 502 },
        { "/half-head", 502 },
        { "/endless-interim", 502 },
        { "/cut-body", 200 },
        { "/reset-body", 200 },
        { "/silent-body", 200 },
    };

    [Theory]
    [MemberData(nameof(Provocations))]
    public async Task One_client_ejects_no_backend(string path, int status)
    {
        await using var a = RawBackend.Start(Answer);
        await using var b = RawBackend.Start(Answer);
        await using var proxy = TestDataPlane.Start(Configs.Listener, Hurried(PoolOf(a, b), path));

        // POST, so that each costs one attempt; GET, so that both backends have their turn.
        for (var i = 0; i < 6; i++) Assert.Equal(status, await StatusAsync(proxy, "POST", path));
        for (var i = 0; i < 6; i++) Assert.Equal(status, await StatusAsync(proxy, "GET", path));

        Assert.Empty(proxy.Transitions);
    }

    [Theory]
    [InlineData("/slow")]
    [InlineData("/reset")]
    [InlineData("/busy")]
    [InlineData("/garbage")]
    public async Task What_nobody_is_spared_ejects(string path)
    {
        await using var a = RawBackend.Start(Answer);
        await using var b = RawBackend.Start(Answer);
        await using var proxy = TestDataPlane.Start(Configs.Listener, Hurried(PoolOf(a, b), path));

        for (var i = 0; i < 6; i++) await StatusAsync(proxy, "POST", path, from: i + 1);

        Assert.Contains(proxy.Transitions, transition => transition.To == EffectiveState.Ejected);
    }

    [Theory]
    [InlineData("/long-location")]
    [InlineData("/many-cookies")]
    public async Task A_head_beyond_our_bounds_is_an_outcome_of_its_own_and_no_evidence(string path)
    {
        await using var a = RawBackend.Start(Answer);
        await using var b = RawBackend.Start(Answer);
        await using var proxy = TestDataPlane.Start(Configs.Listener, PoolOf(a, b));

        for (var i = 0; i < 12; i++) Assert.Equal(502, await StatusAsync(proxy, "GET", path, from: i + 1));

        Assert.Empty(proxy.Transitions);
        Assert.Equal(12, proxy.Failures.Count(failure => failure.Outcome.Kind == OutcomeKind.HeadTooLarge));
    }

    [Fact]
    public async Task What_others_see_beside_those_who_are_served_ejects_nobody()
    {
        await using var a = RawBackend.Start(Answer);
        await using var b = RawBackend.Start(Answer);
        await using var proxy = TestDataPlane.Start(Configs.Listener, PoolOf(a, b));

        for (var i = 0; i < 24; i++)
        {
            await StatusAsync(proxy, "POST", "/reset", from: i + 1);
            await StatusAsync(proxy, "GET", "/");
            await StatusAsync(proxy, "GET", "/");
        }

        Assert.Empty(proxy.Transitions);
    }

    /// <summary>For what is never said there is little time; what is said has all that a busy machine needs.</summary>
    private static PoolConfig Hurried(PoolConfig pool, string path)
    {
        var soon = TimeSpan.FromMilliseconds(50);
        return path switch
        {
            "/slow" => pool with { Timeouts = pool.Timeouts with { Response = soon } },
            "/silent-body" => pool with { Timeouts = pool.Timeouts with { Idle = soon } },
            _ => pool,
        };
    }

    private static PoolConfig PoolOf(params RawBackend[] backends) => Configs.PoolOf([.. backends.Select(backend => backend.EndPoint)]) with
    {
        Passive = Configs.Pool.Passive with { Status = [503] },
    };

    private static Reply Answer(RecordedRequest request) => request.Line.Split(' ')[1] switch
    {
        "/long-location" => $"HTTP/1.1 302 Found\r\nLocation: /{new string('a', 40_000)}\r\nContent-Length: 0\r\n\r\n",
        "/many-cookies" => $"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Repeat("Set-Cookie: a=b\r\n", 700))}Content-Length: 0\r\n\r\n",
        "/many-options" => $"HTTP/1.1 200 OK\r\n"
            + $"Connection: {string.Join(',', Enumerable.Range(0, 500).Select(i => i.ToString(CultureInfo.InvariantCulture)))}\r\n"
            + $"Content-Length: 0\r\n\r\n",
        "/reset" => new Reply("", Reset: true),
        "/close" => new Reply("", Close: true),
        "/slow" => Reply.Ok() with { After = s_never },
        "/busy" => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        "/garbage" => "I AM NOT HTTP\r\n\r\n",
        "/bad-length" => "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n",
        "/bad-chunk" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "/switch" => "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        "/half-head" => new Reply("HTTP/1.1 200 OK\r\nConte", Close: true),
        "/endless-interim" => string.Concat(Enumerable.Repeat($"HTTP/1.1 100 Continue\r\nX: {new string('a', 1_000)}\r\n\r\n", 200)),
        "/cut-body" => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin", Close: true),
        "/reset-body" => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin", Reset: true),
        "/silent-body" => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin") { Then = [(s_never, "")] },
        _ => Reply.Ok(),
    };

    /// <summary>Waits until the exchange is over, however its body ends.</summary>
    private static async Task<int> StatusAsync(TestDataPlane proxy, string method, string path, int from = 1)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint,
            IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.1.{from}")));
        await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var response = await client.ReadToEndAsync();
        return response == "" ? 0 : int.Parse(response.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
