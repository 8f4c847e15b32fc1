using System.Net;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Demo;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

public sealed class TableSwapTests : IAsyncLifetime
{
    private const int Swaps = 1_000;

    private static readonly HealthConfig s_health = Configs.Pool.Health with
    {
        Probe = Configs.TcpProbe,
        Interval = TimeSpan.FromMilliseconds(500),
        FastInterval = TimeSpan.FromMilliseconds(100),
        HealthyThreshold = 1,
    };

    private SampleBackend[] _backends = [];

    public async Task InitializeAsync() =>
        _backends = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => SampleBackend.StartAsync($"b{i}", FreePorts.Next())));

    public async Task DisposeAsync()
    {
        foreach (var backend in _backends) await backend.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_tables_under_load_fail_no_request_and_leave_everything_where_it_was()
    {
        await using var admin = await TestAdmin.StartAsync(PoolOf(0));
        await SwapAsync(admin, 200);
        var before = await SettleAsync(admin);

        await SwapAsync(admin, Swaps);
        var after = await SettleAsync(admin);

        // Backends are in this process, too, and close their ends when they hear of ours.
        await Eventually.Is(() => Descriptors() <= before.Descriptors + 10);
        Assert.InRange(after.Bytes, 0, before.Bytes + (8 << 20));
        Assert.InRange(admin.Memory.Tables.Current.Pools[0].Slot, 0, 1);
        Assert.Equal(["app/b1", "app/b2"], admin.DataPlane.Read().Backends.Select(one => one.Backend.Id).Order());
        Assert.Single(admin.DataPlane.Read().Pools);
        Assert.Equal(["app/b1", "app/b2"], admin.Memory.Health.Probes.ByBackend.Keys.Order());
        var metrics = await admin.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.DoesNotContain("\"b3\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_added_gets_probes_and_traffic_and_what_is_removed_gets_none_and_is_forgotten()
    {
        await using var admin = await TestAdmin.StartAsync(PoolOf(0));
        admin.Apply(Configs.PoolOf(_backends[0].EndPoint, _backends[1].EndPoint, _backends[2].EndPoint) with { Health = s_health });
        await admin.EventuallyAsync("/api/v1/pools/app", pool => StateOf(pool, 2) == "up");
        await Eventually.Is(async () => await GetAsync(admin) == "b3");

        admin.Apply(PoolOf(0));
        for (var i = 0; i < 20; i++) Assert.NotEqual("b3", await GetAsync(admin));

        await Eventually.Is(() => admin.DataPlane.Read().Backends.All(one => one.Backend.Name != "b3"));
    }

    [Fact]
    public async Task A_changed_address_is_unknown_until_it_was_checked()
    {
        await using var admin = await TestAdmin.StartAsync(PoolOf(0));
        await admin.EventuallyAsync("/api/v1/pools/app", pool => StateOf(pool, 1) == "up");

        admin.Apply(Configs.PoolOf(_backends[0].EndPoint, new IPEndPoint(IPAddress.Loopback, 1)) with { Health = s_health });

        Assert.NotEqual("up", StateOf(await admin.GetAsync("/api/v1/pools/app"), 1));
        await admin.EventuallyAsync("/api/v1/pools/app", pool => StateOf(pool, 1) == "down");
        Assert.Equal("b1", await GetAsync(admin));
    }

    /// <summary>b1 stays, with another weight each time; b2 changes its address, b3 comes and goes.</summary>
    private PoolConfig PoolOf(int swap)
    {
        var other = _backends[swap / 10 % 2 == 0 ? 1 : 2].EndPoint;
        List<BackendConfig> backends = [Configs.Backend("b1", _backends[0].EndPoint, weight: 1 + (swap % 5)), Configs.Backend("b2", other)];
        if (swap % 3 == 1) backends.Add(Configs.Backend("b3", _backends[2].EndPoint));
        return Configs.Pool with { Backends = backends.ToEquatableList(), Health = s_health };
    }

    private async Task SwapAsync(TestAdmin admin, int swaps)
    {
        using var done = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(_ => LoadAsync(admin, done.Token)).ToList();
        for (var swap = 1; swap <= swaps; swap++)
        {
            admin.Apply(PoolOf(swap));
            await Task.Delay(2);
        }

        admin.Apply(PoolOf(0));
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(clients), served => Assert.True(served > 0));
    }

    /// <summary>Every request is answered; how many there were.</summary>
    private static async Task<int> LoadAsync(TestAdmin admin, CancellationToken done)
    {
        using var http = new HttpClient();
        var served = 0;
        while (!done.IsCancellationRequested)
        {
            using var response = await http.GetAsync(new Uri($"http://{admin.EndPoint}/"), CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            served++;
        }

        return served;
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static string? StateOf(JsonElement pool, int backend) => pool.GetProperty("backends")[backend].GetProperty("state").GetString();

    /// <summary>The name of the backend that answered.</summary>
    private static async Task<string> GetAsync(TestAdmin admin)
    {
        using var http = new HttpClient();
        return (await http.GetStringAsync(new Uri($"http://{admin.EndPoint}/"))).Trim()[^2..];
    }

    /// <summary>When all that left is forgotten and all that is there was checked.</summary>
    private static async Task<(int Descriptors, long Bytes)> SettleAsync(TestAdmin admin)
    {
        await admin.EventuallyAsync("/api/v1/pools/app", pool => StateOf(pool, 0) == "up" && StateOf(pool, 1) == "up");
        await Eventually.Is(() => admin.DataPlane.Read().Backends.Count == 2);
        await Eventually.Is(() => admin.DataPlane.ActiveClients <= 1);
        return (Descriptors(), GC.GetTotalMemory(forceFullCollection: true));
    }
}
