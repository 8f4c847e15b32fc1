using System.Net;
using System.Text;
using System.Text.Json;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Seeds;
using ClusterLb.Node.Api;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Reload;
using ClusterLb.Node.Telemetry;
using ClusterLb.Node.Tests.Api;
using ClusterLb.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>A whole node in this process: both planes and the admin port, but no signals and no log.</summary>
internal sealed class TestAdmin : IAsyncDisposable
{
    /// <summary>Beside every token.</summary>
    public const string ReadToken = "only-looks-at-things";

    private readonly DataPlaneHost _dataPlane;
    private WebApplication? _admin;

    private TestAdmin(DataPlaneHost dataPlane, TableOwner owner, NodeMemory memory) =>
        (_dataPlane, Owner, Memory) = (dataPlane, owner, memory);

    public TableOwner Owner { get; }

    public NodeMemory Memory { get; }

    public DataPlaneHost DataPlane => _dataPlane;

    /// <summary>What checks may be of.</summary>
    public ProbeRegistry Probes { get; private init; } = ProbeRegistry.Default;

    public ControlPlaneHost ControlPlane { get; private set; } = null!;

    /// <summary>What the admin port logs: bugs.</summary>
    public Lines Log { get; } = new();

    public string Url { get; private set; } = "";

    /// <summary>Every answer to it is compared with the document that the port has of itself.</summary>
    public HttpClient Http { get; } = new(new DocumentCheck());

    /// <summary>Of the health port.</summary>
    public string HealthUrl { get; private set; } = "";

    public IPEndPoint EndPoint => _dataPlane.EndPoints["web"];

    /// <summary>A node that may decide: a cluster of one.</summary>
    public static Task<TestAdmin> StartAsync(PoolConfig pool, string token = "") =>
        StartAsync(pool, Policies.Default, ProbeRegistry.Default, token);

    /// <summary>A node with everything to show: two backends, and one session by header.</summary>
    public static async Task<TestAdmin> StartWithASessionAsync(RawBackend one, RawBackend two)
    {
        var sticky = Configs.Sticky with { By = StickyBy.Header, Name = "X-User" };
        var admin = await StartAsync(Configs.PoolOf(one.EndPoint, two.EndPoint) with { Sticky = sticky });
        await admin.EventuallyAsync("/api/v1/status", status => status.GetProperty("state").GetString() == "ready");
        using var client = await RawClient.ConnectAsync(admin.EndPoint);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX-User: ann\r\n\r\n");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        await admin.EventuallyAsync("/api/v1/sessions", sessions => sessions.GetProperty("known").GetInt32() == 1);
        return admin;
    }

    /// <param name="pool">Read with these policies and probes.</param>
    /// <param name="policies">That it may name.</param>
    /// <param name="probes">Likewise.</param>
    /// <param name="token">Of the admin port.</param>
    public static async Task<TestAdmin> StartAsync(PoolConfig pool, Policies policies, ProbeRegistry probes, string token = "")
    {
        var admin = await BuildAsync(pool, token, null, policies, probes);
        admin.ControlPlane.Start();
        await Eventually.Is(() => admin.ControlPlane.Commands.Read() is { Refusal: "" } cluster && cluster.Nodes[0].IsMonitor);
        return admin;
    }

    /// <summary>A node whose control plane has not started.</summary>
    public static async Task<TestAdmin> BuildAsync(
        PoolConfig pool, string token = "", ClusterConfig? cluster = null, Policies? policies = null, ProbeRegistry? probes = null)
    {
        var config = Configs.Of(Configs.Listener, pool);
        config = config with
        {
            Cluster = cluster ?? config.Cluster,
            Node = config.Node with
            {
                Admin = config.Node.Admin with { Token = token, ReadToken = token.Length > 0 ? ReadToken : "" },
                HealthBind = new IPEndPoint(IPAddress.Loopback, 0)
            }
        };
        var tables = new RoutingTableHolder();
        var memory = new NodeMemory(config, tables, NullLogger.Instance, new Clock(TimeProvider.System));
        var owner = new TableOwner(tables,
            new RoutingTableBuilder(new LoggedPoolEvents(NullLogger.Instance, memory.Members.Events), policies ?? Policies.Default),
            memory.Clock);
        owner.Apply(config);
        var sessions = new SessionDirectory(memory.SessionDependencies(null));
        var admin = new TestAdmin(new DataPlaneHost(config, tables, memory.Health.Reports,
            new SessionServices(memory.Sessions.Bindings, sessions, memory.Sessions.CookieKeys, NewPerClient: 0), null, TimeProvider.System,
            _ => { }), owner, memory)
        { Probes = probes ?? ProbeRegistry.Default };
        await admin.StartAsync(config, tables, sessions);
        return admin;
    }

    /// <summary>Another pool, from now on.</summary>
    public void Apply(PoolConfig pool) => Owner.Apply(Owner.InForce.Config with { Pools = [pool] });

    public async Task<JsonElement> GetAsync(string path)
    {
        using var document = JsonDocument.Parse(await Http.GetStringAsync(new Uri(path, UriKind.Relative)));
        return document.RootElement.Clone();
    }

    /// <summary>Status and text of the answer, or what is wrong when it is a problem.</summary>
    public async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (response.StatusCode, await TextOfAsync(response));
    }

    /// <inheritdoc cref="PostAsync"/>
    public async Task<(HttpStatusCode Status, string Text)> AskAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await TextOfAsync(response));
    }

    /// <summary>Waits until what the node answers is as wanted.</summary>
    public async Task<JsonElement> EventuallyAsync(string path, Func<JsonElement, bool> condition)
    {
        for (var attempt = 0; attempt < 6_000; attempt++)
        {
            if (await GetAsync(path) is var answer && condition(answer)) return answer;
            await Task.Delay(10);
        }

        throw new TimeoutException($"it never became true: {await GetAsync(path)}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_admin is not null) await _admin.DisposeAsync();
        await ControlPlane.DisposeAsync();
        await _dataPlane.DisposeAsync();
    }

    private static async Task<string> TextOfAsync(HttpResponseMessage response)
    {
        var text = (await response.Content.ReadAsStringAsync()).Trim();
        return response.Content.Headers.ContentType?.MediaType == Problem.MediaType
            ? JsonSerializer.Deserialize<Problem>(text, ApiJson.Options)!.Detail
            : text;
    }

    private async Task StartAsync(ClusterLbConfig config, RoutingTableHolder tables, SessionDirectory sessions)
    {
        var (owner, memory) = (Owner, Memory);
        _dataPlane.Start();
        await _dataPlane.OpenAsync();
        var state = new NodeState(() => memory.IsInformed, () => true, TimeProvider.System);
        state.Serve();
        var local = new LocalNode(owner, state, _dataPlane, () => 0, TimeProvider.System);
        var discovery = new NodeTable(config, owner, memory).Discovery;
        ControlPlane = new ControlPlaneHost(
            memory, new ControlPlanePorts(_dataPlane.Probes, _dataPlane, local, new SeedResolver([], NullLogger.Instance), sessions,
                owner, discovery)
            { ProbeKinds = Probes, Secret = new byte[32] }, new RunningSystem(), NullLoggerFactory.Instance,
                TimeProvider.System);
        var metrics = new NodeMetrics(_dataPlane, tables, memory.Health.Probes, ControlPlane.Commands, TimeProvider.System);
        var reloads = new ReloadCounts(TimeProvider.System);
        var status = new ClusterStatus(owner, state, _dataPlane, tables, ControlPlane, null, reloads, discovery, memory.Clock);
        _admin = await AdminServer.StartAsync(config, new AdminSockets((_, _, _) => null), [metrics],
            new Readiness(state, _dataPlane, memory.Health, TimeProvider.System),
            [
                .. new ReadRoutes(status, tables).All, .. new CommandRoutes(ControlPlane.Commands, status, tables, TimeProvider.System).All,
                .. new SessionRoutes(ControlPlane.Commands.Sessions, tables, memory.Sessions.CookieKeys, TimeProvider.System).All,
            ],
            Log, TimeProvider.System);
        (Url, HealthUrl) = (_admin.Urls.First(), _admin.Urls.Last());
        Http.BaseAddress = new Uri(Url);
    }
}
